#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The port to what processes that send with the same APNs key agree on: APNs wants one provider token of them all, renewed no more often
/// than every 20 minutes.
/// https://developer.apple.com/documentation/usernotifications/establishing-a-token-based-connection-to-apns
public protocol APNsTokenSharing: Sendable {
    /// Puts a token forward. It becomes everybody's unless there is one that was issued at `notBefore` or later.
    /// - Parameters:
    ///   - name: tells keys apart.
    ///   - token: a secret.
    /// - Returns: everybody's.
    func agree(
        on token: String, issuedAt: Date, name: String, notBefore: Date
    ) async throws -> (token: String, issuedAt: Date)
}
