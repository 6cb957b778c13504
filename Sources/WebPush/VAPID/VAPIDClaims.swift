#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What a verified token says (RFC 8292 §2).
public struct VAPIDClaims: Sendable, Hashable {
    /// The origin of the push service that the token is for.
    public let audience: String
    public let expiresAt: Date
    /// Whom to ask about the sender; as it wrote it.
    public let subject: String?

    public init(audience: String, expiresAt: Date, subject: String?) {
        self.audience = audience
        self.expiresAt = expiresAt
        self.subject = subject
    }
}
