import Foundation
import JSON
import PushSender
import PushTemplates
import PushTesting
import Testing

private typealias Notification = PushSender.Notification

/// Whatever a value holds, it is what it says and nothing else.
struct InjectionTests {
    private let rules = WordingRules(renderer: MustacheRenderer())

    private func accepted(_ notification: Notification, _ variables: [String: JSONValue]) throws -> Notification {
        try rules.accept(WordingRequest(notification: notification, isPersonal: true, variables: variables)).notification
    }

    @Test(arguments: [
        #"", "evil": "x"#, "line\nline\r\tline", "</toast>", "{{secret}}", "{{{secret}}}", #"\"#, #"\", "evil": 1, "x": "\"#, "\u{0}\u{1F}",
        "\u{301}\"", "😀\u{2028}", "}}", "{{/x}}",
    ])
    func aValueStaysAValue(_ value: String) throws {
        var notification = Notification(title: "{{x}}!", data: .object(["a": .array([.string("{{x}}")])]))
        notification.apns = APNsSection(payload: #"{"aps": {"alert": "{{x}}!"}}"#)
        notification.wns = WNSSection(type: "wns/toast", payload: "<toast><text a='{{x}}'>{{x}}</text></toast>")
        notification.webpush = WebPushSection(payload: #"{"x": "{{x}}"}"#)
        let rendered = try accepted(notification, ["x": .string(value), "secret": .string("TELLTALE")])

        #expect(rendered.title == value + "!")
        #expect(rendered.data == .object(["a": .array([.string(value)])]))
        #expect(try json(rendered.apns?.payload) == .object(["aps": .object(["alert": .string(value + "!")])]))
        #expect(try json(rendered.webpush?.payload) == .object(["x": .string(value)]))
        let xml = try #require(rendered.wns?.payload)
        #expect(xml.filter { $0 == "<" }.count == 4)
        #expect(!xml.contains("TELLTALE"))
    }

    @Test(arguments: 0..<UInt64(20))
    func aSectionHoldsExactlyTheValues(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let text = hostileText(&random), items = (0..<Int.random(in: 0...4, using: &random)).map { _ in hostileText(&random) }
            let number = Int64.random(in: .min ... .max, using: &random), isTrue = Bool.random(using: &random)
            var notification = Notification(title: "x")
            notification.fcm = FCMSection(
                message: #"{"t": "<{{t}}>", "n": {{n}}, "b": {{b}}, "l": [{{#l}}"{{.}}"{{^last()}},{{/last()}}{{/l}}], "#
                    + #""s": "{{#b}}{{t}}{{/b}}{{^b}}no{{/b}}"}"#)
            let rendered = try accepted(
                notification,
                ["t": .string(text), "n": .integer(number), "b": .bool(isTrue), "l": .array(items.map { .string($0) })])
            #expect(
                try json(rendered.fcm?.message)
                    == .object([
                        "t": .string("<\(text)>"), "n": .integer(number), "b": .bool(isTrue), "l": .array(items.map { .string($0) }),
                        "s": .string(isTrue ? text : "no"),
                    ]), "seed \(seed)")
        }
    }

    private func hostileText(_ random: inout SeededGenerator) -> String {
        let parts = [
            "\"", "\\", "\n", "{{", "}}", "{{t}}", "{{#l}}", ",", ":", "]", "}", "{", "[", "a", "\u{0}", "\u{7F}", "\u{301}",
            "\u{FEFF}", "é",
            "😀", "\u{2028}", "\r\n", "\\u0022", "\\\"", "</", "{{%", " ",
        ]
        return (0..<Int.random(in: 0...12, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
    }

    private func json(_ text: String?) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(try #require(text).utf8))
    }
}
