import JSON
import PushSender
import WebPush

/// Reads the fields of a credential as the API gives them, and names the one at fault.
struct CredentialFields {
    private let fields: JSONValue

    init(_ fields: JSONValue) throws(CredentialProblem) {
        guard case .object = fields else { throw CredentialProblem(field: "", "send a JSON object with the credential's fields") }
        self.fields = fields
    }

    /// - Returns: nil when it is missing or null.
    func text(_ name: String) throws(CredentialProblem) -> String? {
        switch fields[name] {
        case nil, .null: return nil
        case .string(let text) where !text.isEmpty: return text
        // An id of digits may come as a number.
        case .integer(let number): return String(number)
        default: throw CredentialProblem(field: name, "it must be text that isn't empty")
        }
    }

    func required(_ name: String, _ whatItIs: String) throws(CredentialProblem) -> String {
        guard let text = try text(name) else { throw CredentialProblem(field: name, "it is missing: \(whatItIs)") }
        return text
    }

    /// - Returns: the fields of an object inside; nil when it is missing.
    func object(_ name: String) throws(CredentialProblem) -> CredentialFields? {
        switch fields[name] {
        case nil, .null: return nil
        case .object(let members): return try CredentialFields(.object(members))
        default: throw CredentialProblem(field: name, "it must be a JSON object, as it was downloaded")
        }
    }

    /// - Returns: `scheme://host[:port]` that stands in for the vendor's; nil when it is missing.
    func origin(_ name: String) throws(CredentialProblem) -> String? {
        guard let text = try text(name) else { return nil }
        guard let origin = (try? WebPushEndpoint(text))?.origin, [origin, origin + "/"].contains(text.lowercased()) else {
            throw CredentialProblem(field: name, "it must be an origin: https://host or https://host:port, without a path")
        }
        return origin
    }

    /// - Returns: a whole URL; nil when it is missing.
    func url(_ name: String) throws(CredentialProblem) -> String? {
        guard let text = try text(name) else { return nil }
        guard (try? WebPushEndpoint(text)) != nil else { throw CredentialProblem(field: name, "it must be an https or http URL") }
        return text
    }
}
