import HTTPTransport
import PushSender
import WNS

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What Microsoft answers, in our words. Only 404 and 410 say that a channel is dead.
enum WNSOutcome {
    enum Answer: Sendable, Hashable {
        case outcome(Outcome)
        /// The access token is at fault; a new one may not be.
        case accessTokenRefused(reason: String)
    }

    /// Where Microsoft throttles and doesn't say for how long.
    static let throttledSeconds: Double = 120

    static func read(_ reply: TransportReply, now: Date) -> Answer {
        let answer = WNSReply(status: reply.status) { reply.header($0) }
        return reply.status == 401 ? .accessTokenRefused(reason: explain(answer)) : .outcome(outcome(answer, reply, now))
    }

    static func read(_ error: TransportError) -> Outcome {
        switch error.code {
        case .invalidURL, .forbiddenAddress: .rejected(reason: error.message)
        default: .unavailable(until: nil, reason: error.message)
        }
    }

    private static func outcome(_ answer: WNSReply, _ reply: TransportReply, _ now: Date) -> Outcome {
        switch answer.status {
        case 200...299: accepted(answer, reply, now)
        // The channel is another app's: that may be our setting, so nobody is disabled for it.
        case 403: .rejected(reason: "\(explain(answer)); the channel belongs to another app than these credentials")
        case 410 where answer.isDomainBlocked: .unauthorized(problem: "\(explain(answer)); Microsoft has shut this sender out")
        case 404, 410: .unregistered(since: nil)
        case 406, 429: throttled(reply, now)
        case 408, 500...599: .unavailable(until: reply.retryAfter(now: now), reason: explain(answer))
        default: .rejected(reason: explain(answer))
        }
    }

    private static func accepted(_ answer: WNSReply, _ reply: TransportReply, _ now: Date) -> Outcome {
        switch answer.notificationStatus {
        case .channelThrottled: throttled(reply, now)
        // Sending it again would end the same way: the device refuses it, or is away and it isn't one to be kept.
        case .dropped: .rejected(reason: "\(explain(answer)): dropped")
        case .received, nil: .accepted(id: answer.messageID)
        }
    }

    private static func throttled(_ reply: TransportReply, _ now: Date) -> Outcome {
        .throttled(until: reply.retryAfter(now: now) ?? now.addingTimeInterval(throttledSeconds))
    }

    private static func explain(_ answer: WNSReply) -> String {
        "WNS answered \(answer.status)" + (answer.errorDescription.map { ": \($0.prefix(300))" } ?? "")
    }
}
