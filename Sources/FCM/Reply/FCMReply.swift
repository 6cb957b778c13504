#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What FCM answers to `messages:send`.
public enum FCMReply: Sendable, Hashable {
    /// `projects/<project>/messages/<id>`
    case accepted(name: String)
    case refused(FCMRefusal)

    /// - Parameter body: JSON; a proxy's HTML is a refusal without words, under status 200, too.
    public init(status: Int, body: [UInt8]) {
        if status == 200, let name = Self.name(in: body) {
            self = .accepted(name: name)
        } else {
            self = .refused(FCMRefusal(status: status, body: body))
        }
    }

    private struct Sent: Decodable { let name: String }

    private static func name(in body: [UInt8]) -> String? {
        plainName(in: body) ?? (try? JSONDecoder().decode(Sent.self, from: Data(body)))?.name
    }

    /// The answer as Google writes it, tens of thousands of times a second: an object whose first member is `name`, without escapes.
    private static func plainName(in body: [UInt8]) -> String? {
        var rest = body[...]
        for sign in [#"{"#, #""name""#, ":", #"""#] {
            rest = rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
            guard rest.starts(with: sign.utf8) else { return nil }
            rest = rest.dropFirst(sign.utf8.count)
        }
        let name = rest.prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && (0x20...0x7E).contains($0) }
        guard rest.dropFirst(name.count).first == UInt8(ascii: "\""), !name.isEmpty else { return nil }
        return String(decoding: name, as: UTF8.self)
    }
}
