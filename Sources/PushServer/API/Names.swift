import Foundation
import Hummingbird
import PushSender

/// Names that clients give: users, topics, saved audiences.
enum Names {
    static let limitBytes = 256

    static func checked(_ name: String, _ field: String) throws -> String {
        guard isName(name) else { throw Problem.invalid(field, "give 1 to \(limitBytes) bytes, none of them NUL") }
        return name
    }

    /// PostgreSQL keeps no NUL in text.
    private static func isName(_ name: String) -> Bool { (1...limitBytes).contains(name.utf8.count) && !name.utf8.contains(0) }

    static func checked(topics: [String]) throws -> [String] {
        guard topics.count <= UserLimits.topics, topics.allSatisfy(isName) else {
            throw Problem.invalid("topics", "give at most \(UserLimits.topics) names of 1 to \(limitBytes) bytes each, none of them NUL")
        }
        return topics
    }
}

extension APIContext {
    /// A name in the path. The router leaves a path as it was sent: a name may hold a slash, or letters beyond ASCII.
    func name(_ field: String) throws -> String {
        guard let name = try parameters.require(field).removingPercentEncoding else {
            throw Problem(.badRequest, "malformed_path", "the \(field) in the path is not percent-encoded UTF-8", field: field)
        }
        return try Names.checked(name, field)
    }
}
