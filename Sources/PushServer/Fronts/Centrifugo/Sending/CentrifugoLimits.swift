import PushSender

/// `limit_strategy`: how often and when.
struct CentrifugoLimits: Decodable {
    let rateLimit: RateLimit?
    let timeLimit: TimeLimit?

    var isEmpty: Bool { rateLimit == nil && timeLimit == nil }

    struct RateLimit: Decodable {
        let key: String?
        let policies: [Policy]?
        let dropIfRateLimited: Bool?

        struct Policy: Decodable {
            let rate: Int64?
            let intervalMs: Int32?
        }
    }

    struct TimeLimit: Decodable {
        let sendAfterTime: String?
        let sendBeforeTime: String?
        let noTzSendNow: Bool?
    }
}

extension CentrifugoLimits.RateLimit {
    /// Counted whole seconds long: an interval that isn't is taken as the next that is.
    func caps() throws -> [FrequencyCap] {
        let (key, subject) = try counted()
        guard let policies, !policies.isEmpty else { throw CentrifugoError.badRequest("rate_limit.policies: give at least one") }
        return try policies.map { policy in
            guard let rate = policy.rate, rate > 0, let interval = policy.intervalMs, interval > 0 else {
                throw CentrifugoError.badRequest("rate_limit.policies: rate and interval_ms must be more than 0")
            }
            return FrequencyCap(
                key: key, per: subject, count: Int(clamping: rate), seconds: (Int(interval) + 999) / 1000,
                over: dropIfRateLimited == true ? .drop : .delay)
        }
    }

    /// What is counted, and whose: a key without `device.id` or `device.user` in it would be one for all devices together, which nobody
    /// counts here.
    private func counted() throws -> (String, FrequencyCap.Subject) {
        guard let key = key?.orAbsent else { return ("centrifugo", .device) }
        var name = "", subject: FrequencyCap.Subject?
        for part in try GoTemplate(key.contains("{{") ? key : "{{.\(key)}}").parts {
            switch part {
            case .text(let text): name += text
            case .value(["device", "id"], _): subject = .device
            case .value(["device", "user"], _): subject = subject ?? .user
            case .value(let path, _): name += path.joined(separator: ".")
            }
        }
        guard let subject else {
            throw CentrifugoError.notAvailable("rate_limit.key: put {{.device.id}} or {{.device.user}} into it; each is counted")
        }
        return ("centrifugo:" + name, subject)
    }
}

extension CentrifugoLimits.TimeLimit {
    /// One bound alone reaches from, or to, midnight.
    func apply(to schedule: inout PushSchedule) throws {
        let (after, before) = (sendAfterTime?.orAbsent, sendBeforeTime?.orAbsent)
        guard after != nil || before != nil else {
            throw CentrifugoError.badRequest("time_limit: give send_after_time and send_before_time as HH:MM:SS")
        }
        do {
            schedule.window = try DailyHours(from: after ?? "00:00:00", until: before ?? "24:00:00")
        } catch {
            let field = error.field == "from" ? "send_after_time" : "send_before_time"
            throw CentrifugoError.badRequest("time_limit.\(field): \(error.message)")
        }
        schedule.zoneless = noTzSendNow == true ? .now : .drop
    }
}
