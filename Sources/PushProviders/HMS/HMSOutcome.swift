import HMS
import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What Huawei answers, in our words. One answer speaks for up to a thousand tokens.
enum HMSOutcome {
    enum Answer: Sendable, Hashable {
        /// In the order of the tokens.
        case each([Outcome])
        /// The access token is at fault; a new one may not be.
        case accessTokenRefused(reason: String)
    }

    static func read(_ reply: TransportReply, tokens: [String], isHarmony: Bool, now: Date) -> Answer {
        let answer = HMSReply(body: reply.body)
        let reason = explain(reply.status, answer)
        // Status 503 is Huawei's flow control, whatever the body says.
        if reply.status == 503 || reply.status == 429 { return same(.throttled(until: reply.retryAfter(now: now)), tokens) }
        guard let answer else { return byStatus(reply, tokens, reason, now) }
        switch answer.code {
        case .success:
            return each(tokens, answer, isHarmony: isHarmony, others: .accepted(id: answer.requestID))
        case .partialSuccess:
            let isTold = answer.partialResult?.faults.isEmpty == false
            let unknown = Outcome.rejected(reason: "Huawei took it for some devices, but did not say for which")
            return each(tokens, answer, isHarmony: isHarmony, others: isTold ? .accepted(id: answer.requestID) : unknown)
        case .allTokensInvalid:
            return each(tokens, answer, isHarmony: isHarmony, others: isHarmony ? .rejected(reason: reason) : .unregistered(since: nil))
        case .authenticationFailed, .accessTokenExpired, .jwtExpired:
            return .accessTokenRefused(reason: reason)
        case .noPermission:
            let hint = "\(reason); check app_id and project_id, and that Push Kit is switched on"
            return same(.unauthorized(problem: hint), tokens)
        case .tooManyTopicTasks:
            return same(.throttled(until: reply.retryAfter(now: now)), tokens)
        case .oauthUnavailable, .internalError:
            return same(.unavailable(until: reply.retryAfter(now: now), reason: reason), tokens)
        case .parameterError, .wrongTokenCount, .messageStructure, .ttlInvalid, .collapseKeyInvalid, .sensitiveWords,
            .reviewSignatureInvalid, .bodyTooLarge, .tokenCountInvalid, .noRightForHighPriority, .receiptInvalid:
            return same(.rejected(reason: reason), tokens)
        default:
            return reply.status == 200 ? same(.rejected(reason: reason), tokens) : byStatus(reply, tokens, reason, now)
        }
    }

    static func read(_ error: TransportError) -> Outcome {
        switch error.code {
        case .invalidURL, .forbiddenAddress: .rejected(reason: error.message)
        default: .unavailable(until: nil, reason: error.message)
        }
    }

    private static func byStatus(_ reply: TransportReply, _ tokens: [String], _ reason: String, _ now: Date) -> Answer {
        switch reply.status {
        case 401: .accessTokenRefused(reason: reason)
        case 403: same(.unauthorized(problem: reason), tokens)
        // No token is in the URL: it names the app or the project.
        case 404: same(.unauthorized(problem: "\(reason); check app_id, project_id and endpoint"), tokens)
        case 200...299, 408, 500...599: same(.unavailable(until: reply.retryAfter(now: now), reason: reason), tokens)
        default: same(.rejected(reason: reason), tokens)
        }
    }

    private static func same(_ outcome: Outcome, _ tokens: [String]) -> Answer {
        .each(Array(repeating: outcome, count: tokens.count))
    }

    /// - Parameter others: what came of the tokens that aren't listed.
    private static func each(_ tokens: [String], _ answer: HMSReply, isHarmony: Bool, others: Outcome) -> Answer {
        guard let faults = answer.partialResult?.faults, !faults.isEmpty else { return same(others, tokens) }
        let isNoRightProven = isIsolated(.noRight, in: faults, of: tokens.count)
        return .each(
            tokens.map { token in
                guard let fault = faults[token] else { return others }
                return isDead(fault, isNoRightProven: isNoRightProven)
                    ? .unregistered(since: nil) : .rejected(reason: "Huawei left the device out: \(fault.rawValue)")
            })
    }

    private static func isDead(_ fault: HMSTokenFault, isNoRightProven: Bool) -> Bool {
        switch fault {
        case .illegal, .tokenFormatError: true
        case .noRight: isNoRightProven
        default: false
        }
    }

    /// Whether the same request reached at least nine devices for each that has the fault: then the fault isn't ours.
    private static func isIsolated(_ fault: HMSTokenFault, in faults: [String: HMSTokenFault], of tokens: Int) -> Bool {
        faults.values.count { $0 == fault } * 9 <= tokens - faults.count
    }

    /// Never with a message that is JSON: it holds tokens.
    private static func explain(_ status: Int, _ answer: HMSReply?) -> String {
        guard let answer else { return "Huawei answered \(status)" }
        let words = answer.message.hasPrefix("{") ? "" : String(answer.message.prefix(300))
        return "Huawei answered \(answer.code.rawValue)" + (words.isEmpty ? "" : ": \(words)")
    }
}
