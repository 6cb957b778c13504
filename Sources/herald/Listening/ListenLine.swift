import Foundation
import JSON
import PushSender
import PushUserAgent
import WebPush

/// A message as one line of JSON, for `jq` and `grep`.
///
/// Herald's own payloads (and other declarative ones, `"web_push":8030`) have their notification at the top level; of any other
/// payload the line has `message` (JSON), `text` (UTF-8) or `base64`, and none of them when the message had no body. What came without
/// encryption, which anybody may have written, is within `unencrypted`, and never at the top level.
struct ListenLine {
    private typealias Field = (name: String, value: JSONValue)

    private let fields: [Field]
    /// The push service's name for the message.
    let version: String

    init(_ message: ReceivedMessage) {
        let stamp = message.receivedAt.formatted(.iso8601WithMilliseconds)
        version = message.version
        fields = [("received_at", .string(stamp))] + Self.content(message.content) + [("version", .string(message.version))]
    }

    /// Without a line break.
    var text: String { "{" + fields.map { "\"\($0.name)\":\(Self.json($0.value))" }.joined(separator: ",") + "}" }

    /// The text that stands under this name; nil when there is none.
    subscript(name: String) -> String? {
        guard case .string(let text) = fields.first(where: { $0.name == name })?.value else { return nil }
        return text
    }

    private static func content(_ content: ReceivedMessage.Content) -> [Field] {
        switch content {
        case .empty, .decrypted([]): return []
        case .decrypted(let payload):
            let field = field(payload)
            return field.name == "message" ? declarative(field.value) ?? [field] : [field]
        case .unencrypted(let body):
            let field = field(body)
            return [("unencrypted", .object([field.name: field.value]))]
        }
    }

    private static func field(_ bytes: [UInt8]) -> Field {
        if let json = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) { return ("message", json) }
        if let text = String(validating: bytes, as: UTF8.self) { return ("text", .string(text)) }
        return ("base64", .string(Data(bytes).base64EncodedString()))
    }

    private static func declarative(_ json: JSONValue) -> [Field]? {
        guard json["web_push"] == .integer(8030), case .object(var notification) = json["notification"] else { return nil }
        var fields: [Field] = []
        func add(_ name: String, _ value: JSONValue?) {
            if let value { fields.append((name, value)) }
        }
        add("id", json["id"])
        for name in ["title", "body"] { add(name, notification.removeValue(forKey: name)) }
        // What `herald send --url` set.
        add("url", notification.removeValue(forKey: "navigate"))
        // Only names that are known: nothing from outside may pass for `received_at`, or be quoted wrongly.
        for name in ["icon", "image", "badge", "tag", "data"] { add(name, notification[name]) }
        return fields
    }

    private static func json(_ value: JSONValue) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}

extension FormatStyle where Self == Date.ISO8601FormatStyle {
    /// RFC 3339 in UTC.
    fileprivate static var iso8601WithMilliseconds: Self { Date.ISO8601FormatStyle(includingFractionalSeconds: true) }
}
