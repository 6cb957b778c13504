import FCM
import Testing

@Suite struct FCMTargetTests {
    @Test(arguments: [("news", "news"), ("/topics/news", "news"), ("a-_.~%Z9", "a-_.~%Z9")])
    func topicsLoseTheirOldPrefix(_ text: String, _ name: String) throws { #expect(try FCMTopic(text).name == name) }

    @Test(arguments: ["", "/topics/", "a b", "ä", "a/b", "/topics//topics/a", String(repeating: "a", count: 901)])
    func topicsHaveAGrammar(_ name: String) {
        let error = #expect(throws: FCMError.self) { try FCMTopic(name) }
        #expect(error?.field == "topic")
    }

    @Test(arguments: [
        ("'a' in topics", ["a"]), ("'a' in topics && ('b' in topics || !('c' in topics))", ["a", "b", "c"]),
        ("  ((!!'a'in  topics))  ", ["a"]), ("'a' in topics||'a' in topics", ["a", "a"]),
        ("'a' in topics || 'b' in topics || 'c' in topics || 'd' in topics || 'e' in topics", ["a", "b", "c", "d", "e"]),
    ])
    func conditionsNameTheirTopics(_ text: String, _ topics: [String]) throws {
        let condition = try FCMCondition(text)
        #expect(condition.text == text && condition.topics.map(\.name) == topics)
    }

    @Test(arguments: [
        "", "a in topics", "'a in topics", "'a'", "'a' in topic", "('a' in topics", "'a' in topics)", ")'a' in topics(", "'a' in topics &&",
        "&& 'a' in topics", "'a' in topics 'b' in topics", "'a' in topics & 'b' in topics", "'a' in topics ! 'b' in topics", "()", "!",
        "'a' in topics || 'b' in topics || 'c' in topics || 'd' in topics || 'e' in topics || 'f' in topics",
        String(repeating: "(", count: 100_000),
    ])
    func conditionsHaveAGrammar(_ text: String) {
        let error = #expect(throws: FCMError.self) { try FCMCondition(text) }
        #expect(error?.field == "condition")
    }

    @Test func aConditionsTopicsAreTopics() {
        let error = #expect(throws: FCMError.self) { try FCMCondition("'a b' in topics") }
        #expect(error?.field == "topic")
    }
}
