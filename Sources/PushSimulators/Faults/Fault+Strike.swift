#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Fault {
    /// What becomes of a request that the fault meets. A request that is wrong by itself keeps its own refusal.
    func strike(_ verdict: Verdict, tokens: [String], rules: inout any ProviderRules, now: Date) -> Answer {
        var reply = verdict.reply
        if verdict.isAccepted, let substitute = substitute(verdict, tokens: tokens, rules: &rules, now: now) { reply = substitute }
        for (name, value) in (headers ?? [:]).sorted(by: { $0.key < $1.key }) { reply.headers.append((name.lowercased(), value)) }
        var answer = Answer(reply)
        answer.delayMilliseconds = latency_ms ?? 0
        answer.reset = reset.flatMap(HTTP2Code.init)
        answer.goAway = goaway
        answer.closesBefore = close == "before"
        answer.closesAfter = close == "after"
        answer.goesDeaf = half_open == true
        answer.streamLimit = stream_limit
        answer.slowBody = reply_body
        if leavesUnanswered { answer.reply = nil }
        return answer
    }

    private func substitute(_ verdict: Verdict, tokens: [String], rules: inout any ProviderRules, now: Date) -> SimulatorReply? {
        if let status { return rules.refusal(status: status, reason: reason) }
        if dead == true {
            let since = dead_since_ms.map { Date(timeIntervalSince1970: Double($0) / 1000) } ?? now
            return rules.deathReply(dead: tokens, of: verdict, since: since, reason: reason)
        }
        return belongs_to == nil ? nil : rules.strangerReply()
    }

    private var leavesUnanswered: Bool {
        silence == true || reset != nil || half_open == true || close == "before" || goaway?.answered == false
    }

    /// For the counts.
    var name: String {
        if let status { return String(status) }
        if dead == true { return "dead" }
        if belongs_to != nil { return "belongs_to" }
        if silence == true { return "silence" }
        if reset != nil { return "reset" }
        if goaway != nil { return "goaway" }
        if close != nil { return "close" }
        if half_open == true { return "half_open" }
        if stream_limit != nil { return "stream_limit" }
        if reply_body != nil { return "reply_body" }
        return latency_ms == nil ? "headers" : "latency"
    }
}
