import FCM
import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What FCM answers, in our words.
enum FCMOutcome {
    enum Answer: Sendable, Hashable {
        case outcome(Outcome)
        /// The access token is at fault; a new one may not be.
        case accessTokenRefused(reason: String)
    }

    static func read(_ reply: TransportReply, now: Date) -> Answer {
        switch FCMReply(status: reply.status, body: reply.body) {
        case .accepted(let name): return .outcome(.accepted(id: name))
        case .refused(let refusal):
            let again =
                reply.retryAfter(now: now) ?? refusal.retryDelaySeconds.map { now.addingTimeInterval(min(max(0, $0), longestWaitSeconds)) }
            return refusal.code.flatMap { byCode($0, refusal, again, now) }.map { .outcome($0) } ?? byStatus(refusal, again, now)
        }
    }

    static func read(_ error: TransportError) -> Outcome {
        switch error.code {
        case .invalidURL, .forbiddenAddress: .rejected(reason: error.message)
        default: .unavailable(until: nil, reason: error.message)
        }
    }

    /// FCM itself has spoken; nil when it says what we don't know.
    private static func byCode(_ code: FCMRefusal.Code, _ refusal: FCMRefusal, _ again: Date?, _ now: Date) -> Outcome? {
        let reason = explain(refusal)
        switch code {
        case .unregistered where refusal.httpStatus == 404:
            return .unregistered(since: nil)
        case .invalidArgument:
            // FCM says this of a token that it can't read, and of a message that it can't: too many bytes look just the same. The text that
            // tells them apart is no part of the API. So no device is given up for it; each push to a bad token fails by itself.
            return .rejected(reason: reason)
        case .senderIDMismatch:
            // One token of another project, or a whole App with the wrong one: never a reason to disable.
            return .rejected(
                reason: "\(reason): the token belongs to another Firebase project; register it with its project as app_identifier")
        case .thirdPartyAuthError:
            // Concerns the project's iOS or web devices only. As `unauthorized` it would stop the Android ones, too.
            return .rejected(reason: "\(reason): mend the APNs key or the web push key in the Firebase project")
        case .quotaExceeded:
            return .throttled(until: again ?? now.addingTimeInterval(quotaSeconds))
        case .unavailable, .internalError:
            return .unavailable(until: again ?? now.addingTimeInterval(firstRetrySeconds), reason: reason)
        default:
            return nil
        }
    }

    /// Some other part of Google has, or a proxy, or FCM in words that are new. Nothing here is about a token.
    private static func byStatus(_ refusal: FCMRefusal, _ again: Date?, _ now: Date) -> Answer {
        let reason = explain(refusal)
        switch refusal.httpStatus {
        case 401: return .accessTokenRefused(reason: reason)
        case 403:
            return .outcome(.unauthorized(problem: "\(reason): is the FCM API switched on, and may the account send?"))
        case 404 where refusal.code == nil: return .outcome(.unauthorized(problem: "\(reason): check project_id"))
        case 429: return .outcome(.throttled(until: again ?? now.addingTimeInterval(quotaSeconds)))
        case let status where isTrouble(status):
            return .outcome(.unavailable(until: again ?? now.addingTimeInterval(firstRetrySeconds), reason: reason))
        default: return .outcome(.rejected(reason: reason))
        }
    }

    /// Google's scaling guide: at least so long.
    private static let quotaSeconds: Double = 60
    private static let firstRetrySeconds: Double = 10
    private static let longestWaitSeconds: Double = 86_400

    /// 200 without a name is a proxy's.
    private static func isTrouble(_ status: Int) -> Bool { status == 408 || status >= 500 || (200...299).contains(status) }

    static func explain(_ refusal: FCMRefusal) -> String {
        let code = refusal.code?.rawValue ?? refusal.status ?? ""
        let apple = refusal.apnsError.map { "APNs answered \($0.status.map(String.init) ?? "?") \($0.reason ?? "")" }
        let words = [code, refusal.message ?? ""] + refusal.violations.prefix(3) + refusal.quotaViolations.prefix(1) + [apple ?? ""]
        let said = words.filter { !$0.isEmpty }.map { $0.prefix(300) }.joined(separator: ": ")
        return "FCM answered \(refusal.httpStatus)" + (said.isEmpty ? "" : ": \(said)")
    }
}
