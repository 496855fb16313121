import Testing

@testable import Redis

@Suite(.timeLimit(.minutes(1))) struct RedisAddressTests {
    @Test func addressesAreReadAsRedisWritesThem() throws {
        let plain = try #require(RedisAddress("redis://cache"))
        #expect((plain.host, plain.port, plain.isEncrypted, plain.database) == ("cache", 6379, false, nil))
        #expect(plain.user == nil && plain.password == nil)
        let all = try #require(RedisAddress("rediss://jarvis:p%40ss@[::1]:6380/3"))
        #expect((all.host, all.port, all.isEncrypted, all.database) == ("::1", 6380, true, 3))
        #expect((all.user, all.password) == ("jarvis", "p@ss"))
        let keyed = try #require(RedisAddress("redis://:geheim@10.0.0.1/"))
        #expect((keyed.user, keyed.password, keyed.host) == (nil, "geheim", "10.0.0.1"))
    }

    @Test(arguments: [
        "", "cache", "cache:6379", "http://cache", "redis://", "redis://cache:0", "redis://cache:70000",
        "redis://cache/a", "redis://cache/-1", "redis://cache/1/2", "redis://cache//1", "redis://cache?x=1",
        "redis://cache#1", "redis://a b",
    ])
    func whatIsNoAddressIsRefused(_ text: String) { #expect(RedisAddress(text) == nil) }

    @Test func noTextShowsThePassword() throws {
        let address = try #require(RedisAddress("redis://jarvis:geheim@cache"))
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped] {
            #expect(text.contains("redis://cache:6379/0") && !text.contains("geheim") && !text.contains("jarvis"))
        }
    }
}
