public import HTTPTransport
public import JSON
public import PushSender
public import WebPush

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An App's VAPID key (RFC 8292), which its subscriptions are bound to, and whom push services may ask about it.
///
/// Fields: `private_key`, 32 bytes as base64url; optionally `subject`, `mailto:` or `https://`, which Apple insists on.
public struct WebPushCredential: ProviderCredential {
    public static let provider = ProviderName.webPush
    public static let fieldNames: Set = ["private_key", "public_key", "subject"]

    public let key: VAPIDKey
    public let subject: VAPIDSubject?
    /// One token per push service for everybody who sends with this key.
    let tokens: VAPIDTokenCache

    public init(key: VAPIDKey, subject: VAPIDSubject?) {
        self.key = key
        self.subject = subject
        tokens = VAPIDTokenCache(key: key, subject: subject)
    }

    public init(_ fields: JSONValue, now: Date) throws(CredentialProblem) {
        let fields = try CredentialFields(fields)
        let key = try Self.key(try fields.required("private_key", "make one with: herald vapid generate"))
        if let publicKey = try fields.text("public_key"), publicKey != key.publicKeyBase64URL {
            throw CredentialProblem(field: "public_key", "it doesn't belong to the private key; leave it out, it follows from that")
        }
        self.init(key: key, subject: try Self.subject(try fields.text("subject")))
    }

    public var environments: [ProviderEnvironment] { [.only] }
    /// The public key, so that subscriptions of an older key can be told from those of a newer one.
    public var appIdentifier: String { key.publicKeyBase64URL }

    public var summary: [String: String] {
        var summary = ["public_key": key.publicKeyBase64URL]
        summary["subject"] = subject?.text
        return summary
    }

    /// There is nobody to ask: a push service learns of a key with the first subscription.
    public func verify(over transport: any Transport, now: Date) async -> CredentialVerdict { .accepted }

    private static func key(_ text: String) throws(CredentialProblem) -> VAPIDKey {
        do throws(WebPushError) {
            return try VAPIDKey(privateKey: text)
        } catch {
            throw CredentialProblem(field: "private_key", error.message)
        }
    }

    private static func subject(_ text: String?) throws(CredentialProblem) -> VAPIDSubject? {
        guard let text else { return nil }
        do throws(WebPushError) {
            return try VAPIDSubject(text)
        } catch {
            throw CredentialProblem(field: "subject", error.message)
        }
    }
}
