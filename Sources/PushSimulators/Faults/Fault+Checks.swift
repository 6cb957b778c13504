extension Fault {
    /// What can't be meant, in a sentence; nil when all is well.
    func problem() -> String? {
        if let rate, !(0...1).contains(rate) { return "rate is a share from 0 to 1" }
        if let times, times < 0 { return "times is 0 or more" }
        if let status, !(200...599).contains(status) { return "status is from 200 to 599" }
        if reason != nil, status == nil, dead != true { return "reason needs status or dead beside it" }
        if let latency_ms, latency_ms < 0 { return "latency_ms is 0 or more" }
        if let stream_limit, stream_limit < 0 { return "stream_limit is 0 or more" }
        if let reset, HTTP2Code(reset) == nil { return "reset is one of \(HTTP2Code.names)" }
        return problemOfWords() ?? problemOfActions()
    }

    private func problemOfWords() -> String? {
        let environments = ["production", "sandbox"]
        if let on, !["push", "oauth", "any"].contains(on) { return "on is push, oauth or any" }
        if let close, !["before", "after"].contains(close) { return "close is before or after (the reply)" }
        if let environment, !environments.contains(environment) { return "environment is production or sandbox" }
        if let belongs_to, !environments.contains(belongs_to) { return "belongs_to is production or sandbox" }
        return nil
    }

    private func problemOfActions() -> String? {
        if dead_since_ms != nil, dead != true { return "dead_since_ms needs dead beside it" }
        if [status != nil, dead == true, belongs_to != nil].filter({ $0 }).count > 1 {
            return "status, dead and belongs_to exclude each other"
        }
        let ends = [silence == true, reset != nil, half_open == true]
        if ends.filter({ $0 }).count > 1 { return "silence, reset and half_open exclude each other" }
        return nil
    }
}

/// The error codes of HTTP/2 (RFC 9113 §7) by their names.
public struct HTTP2Code: Sendable, Hashable {
    public let number: Int

    private static let all = [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
        "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ]
    static var names: String { all.joined(separator: ", ") }

    /// - Returns: nil for a name that isn't one.
    public init?(_ name: String) {
        guard let number = Self.all.firstIndex(of: name) else { return nil }
        self.number = number
    }
}
