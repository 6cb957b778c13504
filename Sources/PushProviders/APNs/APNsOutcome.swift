import APNs
import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What APNs answers, in our words. Only a 410 with its known reasons says that a device token is dead.
enum APNsOutcome {
    enum Answer: Sendable, Hashable {
        case outcome(Outcome)
        /// Dead, or of the other environment.
        case badDeviceToken
        case providerTokenExpired(reason: String)
        case tooManyProviderTokens
        case connectionOfAnotherKey(reason: String)
        case topicRefused(reason: String)
    }

    /// How long Apple wants to be left alone when its server is in trouble.
    static let troubleSeconds: Double = 900

    static func read(_ reply: Result<TransportReply, TransportError>, now: Date) -> Answer {
        switch reply {
        case .success(let reply) where reply.status == 200: .outcome(.accepted(id: reply.header("apns-id")))
        case .success(let reply):
            read(APNsReply(status: reply.status, body: reply.body) { reply.header($0) }, reply.retryAfter(now: now), now)
        case .failure(let error): .outcome(read(error))
        }
    }

    static func read(_ error: TransportError) -> Outcome {
        switch error.code {
        case .invalidURL, .forbiddenAddress: .rejected(reason: error.message)
        default: .unavailable(until: nil, reason: error.message)
        }
    }

    private static func read(_ reply: APNsReply, _ retryAfter: Date?, _ now: Date) -> Answer {
        let words = explain(reply)
        guard let reason = reply.reason else { return .outcome(byStatus(reply, words, retryAfter)) }
        switch reason {
        case .badDeviceToken: return .badDeviceToken
        case .expiredProviderToken: return .providerTokenExpired(reason: words)
        case .tooManyProviderTokenUpdates: return .tooManyProviderTokens
        case .unrelatedKeyIDInToken: return .connectionOfAnotherKey(reason: words)
        case .topicDisallowed: return .topicRefused(reason: words)
        case .unregistered where reply.status == 410, .expiredToken where reply.status == 410:
            return .outcome(.unregistered(since: reply.timestamp))
        case .badTopic, .missingTopic, .featureNotEnabled: return .outcome(.unauthorized(problem: words))
        case .idleTimeout, .shutdown: return .outcome(.unavailable(until: retryAfter, reason: words))
        case .internalServerError, .serviceUnavailable:
            return .outcome(.unavailable(until: retryAfter ?? now.addingTimeInterval(troubleSeconds), reason: words))
        default: return .outcome(byStatus(reply, words, retryAfter))
        }
    }

    private static func byStatus(_ reply: APNsReply, _ words: String, _ retryAfter: Date?) -> Outcome {
        switch reply.status {
        case 200...299: .accepted(id: reply.id)
        case 401, 403: .unauthorized(problem: words)
        case 429: .throttled(until: retryAfter)
        case 408, 500...599: .unavailable(until: retryAfter, reason: words)
        default: .rejected(reason: words)
        }
    }

    static func explain(_ reply: APNsReply) -> String {
        let words = "APNs answered \(reply.status)" + (reply.reason.map { " \($0.rawValue.prefix(100))" } ?? "")
        return reply.reason.flatMap(advice).map { "\(words): \($0)" } ?? words
    }

    /// What to do, where the reason alone doesn't say it.
    private static func advice(_ reason: APNsReason) -> String? {
        switch reason {
        case .badTopic, .topicDisallowed, .topicMismatch:
            "the credential isn't good for this bundle_id and push type; check bundle_id, and which apps the key is for"
        case .deviceTokenNotForTopic:
            "the device token belongs to another app or is of another kind; check bundle_id and how the device is registered"
        case .invalidProviderToken:
            "key_id, team_id and private_key don't belong together, the key was revoked, or this machine's clock is wrong"
        case .badEnvironmentKeyIDInToken, .badCertificateEnvironment: "the credential is for the other environment"
        case .badCertificate: "the certificate was revoked, or is no certificate for pushes"
        case .forbidden: "APNs doesn't take the credential"
        case .featureNotEnabled: "switch broadcasts on for the App ID in the developer account"
        case .channelNotRegistered: "the channel is gone; make a new one"
        case .cannotCreateChannelConfig: "there are too many channels; delete those that nobody uses"
        case .badPriority, .invalidPushType: "the push type and the payload or the priority don't agree"
        default: nil
        }
    }
}
