#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import HTTPTransport
import PushSender
import Synchronization

/// The access token of one credential, shared by all who send with it, and what is known of the far side's "no" to it.
final class RenewableToken: Sendable {
    typealias AccessToken = AccessTokenCache.AccessToken
    typealias Refusal = AccessTokenCache.Refusal
    typealias Fetch = @Sendable (_ transport: any Transport, _ now: Date) async -> Result<AccessToken, Refusal>

    private struct State {
        var cache: AccessTokenCache?
        /// The last token that was refused, and whether the one before it was refused too.
        var refused: AccessToken?
        var renewingHelpsNot = false
    }

    private let state = Mutex(State())
    /// One request for a new token.
    let fetch: Fetch

    init(fetch: @escaping Fetch) { self.fetch = fetch }

    func token(over transport: any Transport, now: Date) async -> Result<AccessToken, Refusal> {
        let cache = state.withLock { state in
            let cache = state.cache ?? AccessTokenCache { [fetch] now in await fetch(transport, now) }
            state.cache = cache
            return cache
        }
        return await cache.token(now: now)
    }

    /// The far side took a token: a later "no" is a new story.
    func worked() {
        state.withLock { state in
            if state.refused != nil { state = State(cache: state.cache) }
        }
    }

    /// The far side refuses a token. The first time it may be out of date, so a new one is worth a try; when that is refused too, somebody
    /// has to look.
    func outcome(ofRefused token: AccessToken, reason: String) -> Outcome {
        let renewingHelpsNot = state.withLock { state in
            state.cache?.forget(token)
            if let known = state.refused, known != token { state.renewingHelpsNot = true }
            state.refused = token
            return state.renewingHelpsNot
        }
        return renewingHelpsNot
            ? .unauthorized(problem: reason)
            : .unavailable(until: nil, reason: "\(reason); trying again with a new access token")
    }

    /// What a refusal to give a token at all means for everybody who needed one.
    static func outcome(of refusal: Refusal) -> Outcome {
        refusal.isPermanent ? .unauthorized(problem: refusal.reason) : .unavailable(until: nil, reason: refusal.reason)
    }

    /// POSTs a form to an OAuth server.
    static func post(
        _ form: [UInt8], to endpoint: String, over transport: any Transport,
        read: (TransportReply) -> Result<AccessToken, Refusal>
    ) async -> Result<AccessToken, Refusal> {
        let request = TransportRequest(
            url: endpoint, headers: [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")], body: form)
        do throws(TransportError) {
            return read(try await transport.send(request, within: .seconds(5)))
        } catch {
            return .failure(Refusal(isPermanent: false, reason: "the OAuth server could not be asked: \(error.message)"))
        }
    }
}

extension Result<AccessTokenCache.AccessToken, AccessTokenCache.Refusal> {
    /// What asking for a token says of the credential.
    var verdict: CredentialVerdict {
        switch self {
        case .success: .accepted
        case .failure(let refusal) where refusal.isPermanent: .refused(CredentialProblem(field: "client_secret", refusal.reason))
        case .failure(let refusal): .unknown(reason: refusal.reason)
        }
    }
}
