import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What push services answer, in our words. Only 404 and 410 say that a subscription is dead.
enum WebPushOutcome {
    static func read(_ reply: Result<TransportReply, TransportError>, now: Date) -> Outcome {
        switch reply {
        case .success(let reply): read(reply, now: now)
        case .failure(let error): read(error)
        }
    }

    static func read(_ reply: TransportReply, now: Date) -> Outcome {
        switch reply.status {
        case 200...299:
            taken(reply, now)
        // Microsoft has shut the sender out, which is not the subscription's fault.
        case 410 where words(of: reply).lowercased().contains("domain blocked"):
            .rejected(reason: explain(reply))
        case 404, 410:
            .unregistered(since: nil)
        case 400...403 where isOfAnotherKey(words(of: reply)):
            .rejected(reason: "the subscription was made with another VAPID key: the browser has to subscribe again (\(explain(reply)))")
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

    /// Microsoft's "taken" may be followed by a "but" in a header.
    private static func taken(_ reply: TransportReply, _ now: Date) -> Outcome {
        switch (reply.header("x-wns-notificationstatus") ?? reply.header("x-wns-status"))?.lowercased() {
        case "channelthrottled": .throttled(until: reply.retryAfter(now: now))
        case "dropped": .rejected(reason: "\(explain(reply)): dropped")
        default: .accepted(id: reply.header("location"))
        }
    }

    /// Apple has a word for it, Google a sentence. Mozilla's 401 looks the same for all mistakes.
    private static func isOfAnotherKey(_ words: String) -> Bool {
        words.contains("VapidPkHashMismatch") || words.contains("do not correspond to the credentials")
    }

    private static func explain(_ reply: TransportReply) -> String {
        let words = words(of: reply)
        return "the push service answered \(reply.status)" + (words.isEmpty ? "" : ": \(words)")
    }

    /// Push services explain themselves in the body, as JSON or a line of text; Microsoft does in a header.
    private static func words(of reply: TransportReply) -> String {
        reply.header("x-wns-error-description") ?? String(decoding: reply.body.prefix(500), as: UTF8.self)
    }
}
