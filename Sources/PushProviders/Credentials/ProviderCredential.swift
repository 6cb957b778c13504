#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import HTTPTransport
public import JSON
public import PushSender

/// What an App needs to send through one provider. Made from what the operator gave, and checked then.
public protocol ProviderCredential: Sendable {
    static var provider: ProviderName { get }
    /// The fields that it reads, so that others can be refused.
    static var fieldNames: Set<String> { get }

    /// - Parameter fields: the JSON object of the API, as docs/credentials.md describes it for this provider.
    /// - Throws: ``CredentialProblem`` for everything that can be seen without asking the provider: a missing field, a key that can't be
    ///   read, a certificate that has expired, a subject that a push service refuses.
    init(_ fields: JSONValue, now: Date) throws(CredentialProblem)

    /// The lanes it serves.
    var environments: [ProviderEnvironment] { get }
    /// See ``Token/appIdentifier``.
    var appIdentifier: String { get }
    /// What may be shown of it, by the names of the fields: never a secret.
    var summary: [String: String] { get }

    /// Asks the provider whether it takes the credential, with one request that reaches no device.
    func verify(over transport: any Transport, now: Date) async -> CredentialVerdict
}

public enum CredentialVerdict: Sendable, Hashable {
    case accepted
    case refused(CredentialProblem)
    /// The provider could not be asked: nothing is known.
    case unknown(reason: String)
}

/// Why a credential can't be used.
public struct CredentialProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The field at fault, as the API spells it: `private_key`.
    public let field: String
    /// What is wrong and what to do about it.
    public let message: String

    public init(field: String, _ message: String) {
        self.field = field
        self.message = message
    }

    public var description: String { "\(field): \(message)" }
}
