import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What push services answer, in our words. Only 404 and 410 say that a subscription is dead.
enum WebPushOutcome {
    static func read(_ reply: TransportReply, now: Date) -> Outcome {
        switch reply.status {
        case 200...299:
            .accepted(id: reply.header("location"))
        case 404, 410:
            .unregistered(since: nil)
        case 401, 403:
            .unauthorized(problem: explain(reply))
        // Microsoft throttles with 406.
        case 406, 429:
            .throttled(until: reply.retryAfter(now: now))
        case 408, 425, 500...599:
            .unavailable(until: reply.retryAfter(now: now), reason: explain(reply))
        default:
            .rejected(reason: explain(reply))
        }
    }

    static func read(_ error: TransportError) -> Outcome {
        switch error.code {
        case .invalidURL, .forbiddenAddress: .rejected(reason: error.message)
        default: .unavailable(until: nil, reason: error.message)
        }
    }

    /// Push services explain themselves in the body, as JSON or a line of text; Microsoft does in a header.
    private static func explain(_ reply: TransportReply) -> String {
        let body = String(decoding: reply.body.prefix(500), as: UTF8.self)
        let words = reply.header("x-wns-error-description") ?? body
        return "the push service answered \(reply.status)" + (words.isEmpty ? "" : ": \(words)")
    }
}
