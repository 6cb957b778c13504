import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The body of `POST /api/push`: `{"notifications":[{…}, …]}`. Fields that nobody knows are passed over.
enum GorushBody {
    /// A hundred notifications for five hundred tokens each.
    static let limitBytes = 16_777_216

    private struct Shape: Decodable {
        let notifications: [JSONValue]
    }

    /// - Parameter limit: so many members may there be.
    /// - Throws: ``GorushProblem`` in gorush's own words.
    static func members(_ bytes: [UInt8], limit: Int) throws(GorushProblem) -> [GorushFields] {
        // Walking is for what is known to be JSON.
        guard let shape = try? JSONDecoder().decode(Shape.self, from: Data(bytes)) else { throw .missing }
        guard !shape.notifications.isEmpty else { throw .empty }
        guard shape.notifications.count <= limit else { throw .tooMany(shape.notifications.count, limit: limit) }
        var members: [GorushFields] = []
        for (index, text) in texts(of: bytes).enumerated() {
            guard let fields = GorushFields(text, place: "notifications[\(index)]") else { throw .missing }
            members.append(fields)
        }
        return members
    }

    private static func texts(of bytes: [UInt8]) -> [String] {
        var scanner = JSONScanner(bytes), texts: [String] = []
        scanner.skipSpace()
        scanner.members { name, scanner in
            guard name.elementsEqual("notifications".utf8) else { return scanner.skipValue() }
            scanner.skipSpace()
            texts = []
            scanner.elements { _, scanner in texts.append(String(decoding: scanner.takeValue(), as: UTF8.self)) }
        }
        return texts
    }
}
