import Testing

@testable import PushStorage

@Suite struct SQLNameTests {
    @Test(arguments: [
        ("outbox", "\"outbox\""), ("Chat_Outbox2", "\"chat_outbox2\""), ("chat.outbox", "\"chat\".\"outbox\""), ("_a$1", "\"_a$1\""),
        ("\"Chat Outbox; --\"", "\"Chat Outbox; --\""), ("chat.\"Outbox\"", "\"chat\".\"Outbox\""), ("user", "\"user\""),
    ])
    func namesAreReadAsSQLReadsThem(_ text: String, _ sql: String) { #expect(SQLName(text)?.sql == sql) }

    @Test(arguments: [
        "", ".", "a.", ".a", "a.b.c", "a b", "a;b", "a\"b", "\"a", "\"\"", "\"a\"\"b\"", "1a", "$a", "a-b", "ä", "\"a?\"", "\"a\0\"",
        "a'b", String(repeating: "a", count: 64), "a--", "(SELECT 1)",
    ])
    func whatIsNoNameIsRefused(_ text: String) { #expect(SQLName(text) == nil) }

    @Test func aChannelHasOnePart() { #expect(SQLName("a.b", parts: 1) == nil && SQLName("a", parts: 1) != nil) }
}
