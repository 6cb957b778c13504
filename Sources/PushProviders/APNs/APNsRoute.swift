import APNs
import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A credential at work: how its requests are signed now, and on whose connections they travel.
struct APNsRoute: Sendable {
    let origin: String
    let group: ConnectionGroup
    /// Nil where a certificate speaks for us.
    let providerToken: APNsProviderToken?
    let credential: APNsCredential

    struct Obstacle: Error { let outcome: Outcome }

    /// - Parameter purpose: requests that are likely to be refused travel on connections of their own: APNs closes one with many errors.
    init(_ credential: APNsCredential, to origin: String, purpose: String = "", now: Date) throws(Obstacle) {
        self.credential = credential
        self.origin = origin
        switch credential.authentication {
        case .key(let tokens):
            let key = tokens.key
            let id = "apns \(origin) \(key.teamID) \(key.keyID) \(tokens.connectionGeneration) \(purpose)"
            group = ConnectionGroup(id: id, startsWithOneStream: true)
            do throws(APNsError) {
                providerToken = try tokens.token(now: now)
            } catch {
                throw Obstacle(outcome: .unauthorized(problem: error.description))
            }
        case .certificate(let certificate):
            guard now < certificate.expiresAt else {
                let day = APNsCertificate.day(certificate.expiresAt)
                throw Obstacle(
                    outcome: .unauthorized(problem: "the certificate for \(credential.bundleID) expired on \(day); set a new one"))
            }
            group = ConnectionGroup(id: "apns \(origin) \(certificate.fingerprint) \(purpose)", identity: certificate.identity)
            providerToken = nil
        }
    }

    func transportRequest(_ request: APNsRequest) -> TransportRequest {
        TransportRequest(method: request.method, url: origin + request.path, headers: request.headers, body: request.body, group: group)
    }

    /// What an answer means, and what the credential learns of it.
    /// - Returns: nil for `BadDeviceToken`, which the other environment has to judge.
    func outcome(of reply: Result<TransportReply, TransportError>, now: Date) -> Outcome? {
        switch APNsOutcome.read(reply, now: now) {
        case .outcome(let outcome): return outcome
        case .badDeviceToken: return nil
        case .providerTokenExpired(let reason): return expired(reason, now)
        case .tooManyProviderTokens:
            if let providerToken { tokens?.tooManyUpdates(providerToken, now: now) }
            return .throttled(until: now.addingTimeInterval(Self.tokenUpdatePauseSeconds))
        case .connectionOfAnotherKey(let reason):
            tokens?.renewConnections(now: now)
            return .unavailable(until: nil, reason: "\(reason); trying again on a new connection")
        case .topicRefused(let reason):
            // The connection may be older than the App's place under the key.
            tokens?.renewConnections(now: now)
            return .unauthorized(problem: reason)
        }
    }

    private static let tokenUpdatePauseSeconds: Double = 60

    private var tokens: APNsProviderTokens? {
        if case .key(let tokens) = credential.authentication { tokens } else { nil }
    }

    private func expired(_ reason: String, _ now: Date) -> Outcome {
        guard let tokens, let providerToken else { return .unauthorized(problem: reason) }
        switch tokens.expired(providerToken, now: now) {
        case .renewed: return .unavailable(until: nil, reason: "\(reason); trying again with a new provider token")
        case .clockIsWrong: return .unauthorized(problem: "\(reason), though the token is new: check this machine's clock")
        }
    }
}
