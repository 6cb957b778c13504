import HTTPTypes
import Hummingbird
import Synchronization

/// The limits that a request met on its way, for the fields of its answer.
final class RateNotes: Sendable {
    private let verdicts = Mutex<[RateVerdict]>([])

    /// Remembers what limits said.
    /// - Throws: ``Problem`` 429 where one refused.
    func note(_ new: [RateVerdict]) throws(Problem) {
        guard !new.isEmpty else { return }
        verdicts.withLock { $0 += new }
        if let refusal = new.last(where: { $0.wait != nil }) { throw .tooManyRequests(refusal) }
    }

    /// Writes the fields of draft-ietf-httpapi-ratelimit-headers-10; none where nothing is limited.
    func write(to headers: inout HTTPFields) {
        let verdicts = verdicts.withLock { $0 }
        guard !verdicts.isEmpty else { return }
        headers[.rateLimitPolicy] = verdicts.map(\.policy).joined(separator: ", ")
        headers[.rateLimit] = verdicts.map(\.state).joined(separator: ", ")
    }
}

extension HTTPField.Name {
    // Names as literals are never refused.
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")!
    static let rateLimit = HTTPField.Name("RateLimit")!
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
}

extension Problem {
    static func tooManyRequests(_ verdict: RateVerdict) -> Problem {
        let what =
            switch verdict.limit.name {
            case "failed-keys": "too many keys that don't exist have come from your address"
            case "address": "your address asks more than it may"
            default: "more is asked with this key than may be"
            }
        return Problem(
            .tooManyRequests, "too_many_requests", "\(what); wait as long as Retry-After says",
            retryAfterSeconds: max(1, verdict.wait?.wholeSeconds ?? 1))
    }
}
