import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Who a device's user is: who may say so, and who must prove it.
struct IdentityVerifier: Sendable {
    let vault: IdentityVault
    let now: @Sendable () -> Date

    /// The user that a device is to have.
    ///
    /// An App's own servers, with any key but one for `register`, are believed. A register key is anybody's: once the App has identity
    /// settings, whoever asks with one names a user by a token. A token that is there is checked, whoever sends it.
    /// - Parameters:
    ///   - claimed: the user as the request names one; nil where it names none.
    ///   - token: the request's `identity_token`.
    /// - Returns: the user; nil for a device without one.
    /// - Throws: ``Problem`` 401, 422 or 503; see ``IdentityRefusal``.
    func user(claimed: String?, token: String?, key: APIKey) async throws -> String? {
        do {
            return try await verified(claimed, token, key)
        } catch let refusal as IdentityRefusal {
            throw Problem(refusal)
        }
    }

    private func verified(_ claimed: String?, _ token: String?, _ key: APIKey) async throws -> String? {
        guard let token else {
            guard claimed != nil, key.scope == .register, try await vault.checker(of: key.app) != nil else { return claimed }
            throw IdentityRefusal.missing
        }
        guard let checker = try await vault.checker(of: key.app) else { throw IdentityRefusal.notConfigured }
        let user = try await checker.user(of: token, now: now())
        guard claimed == nil || claimed == user else { throw IdentityRefusal.otherUser }
        return user
    }
}
