#!/usr/bin/env python3
"""A collector of traces that checks each request against OpenTelemetry's own definition of OTLP, and prints the spans as a tree.

    python3 -m venv .venv && .venv/bin/pip install opentelemetry-proto
    .venv/bin/python Tools/tracing/collector.py 4318 &
    JARVIS_TRACING_ENDPOINT=http://127.0.0.1:4318 ./jarvis serve

What is no valid OTLP is answered with 400 and printed with its reason; the program then ends with status 1 when it is stopped.
"""
import base64
import json
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

wrong = 0


def with_bytes(value):
    """OTLP writes ids in hexadecimal where protobuf's JSON has base64 (opentelemetry-proto, docs/specification.md)."""
    if isinstance(value, list):
        return [with_bytes(each) for each in value]
    if not isinstance(value, dict):
        return value
    members = {name: with_bytes(member) for name, member in value.items()}
    for name, length in (("traceId", 16), ("spanId", 8), ("parentSpanId", 8)):
        if name in members:
            raw = bytes.fromhex(members[name])
            if len(raw) != length or not any(raw) or members[name] != raw.hex():
                raise ValueError(f"{name} is no id: {members[name]}")
            members[name] = base64.b64encode(raw).decode()
    return members


def checked(body):
    request = json_format.ParseDict(with_bytes(json.loads(body)), ExportTraceServiceRequest())
    for resource in request.resource_spans:
        names = [attribute.key for attribute in resource.resource.attributes]
        if "service.name" not in names:
            raise ValueError("a resource has no service.name")
        for scope in resource.scope_spans:
            for span in scope.spans:
                names = [attribute.key for attribute in span.attributes]
                if not span.name or not span.trace_id or not span.span_id:
                    raise ValueError("a span has no name or no id")
                if not 0 < span.start_time_unix_nano <= span.end_time_unix_nano:
                    raise ValueError(f"{span.name} ends before it begins")
                if len(set(names)) < len(names):
                    raise ValueError(f"{span.name} has an attribute twice")
                if any(attribute.value.WhichOneof("value") is None for attribute in span.attributes):
                    raise ValueError(f"{span.name} has an attribute without a value")
    return [span for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans]


def text(value):
    return str(getattr(value, value.WhichOneof("value")))


def tree(spans):
    ids = {span.span_id for span in spans}

    def show(span, depth):
        facts = " ".join(f"{each.key}={text(each.value)}" for each in sorted(span.attributes, key=lambda each: each.key))
        milliseconds = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e6
        print(f"{span.trace_id.hex()[:8]} {'  ' * depth}{span.name} {milliseconds:.2f} ms {facts}".rstrip(), flush=True)
        for child in sorted(spans, key=lambda each: each.start_time_unix_nano):
            if child.parent_span_id == span.span_id:
                show(child, depth + 1)

    for span in spans:
        if span.parent_span_id not in ids:
            show(span, 0)


class Collector(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        global wrong
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = 200, b'{"partialSuccess":{}}'
        try:
            if self.path != "/v1/traces" or self.headers["Content-Type"] != "application/json":
                raise ValueError(f"{self.path} as {self.headers['Content-Type']}")
            tree(checked(body))
        except (ValueError, json_format.ParseError) as error:
            wrong += 1
            status, answer = 400, b"{}"
            print(f"WRONG: {error}", flush=True)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    # A shell's background jobs ignore Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 4318), Collector).serve_forever()
    except KeyboardInterrupt:
        sys.exit(1 if wrong else 0)
