import Foundation

extension PushSchedule: Codable {
    private enum CodingKeys: String, CodingKey { case sendAt, localTime, passed, window, zoneless, ignoresQuietHours }

    /// What wasn't asked for is left out, and what was left out wasn't asked for.
    public func encode(to encoder: any Encoder) throws {
        let plain = PushSchedule()
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encodeIfPresent(sendAt, forKey: .sendAt)
        try fields.encodeIfPresent(localTime, forKey: .localTime)
        if passed != plain.passed { try fields.encode(passed, forKey: .passed) }
        try fields.encodeIfPresent(window, forKey: .window)
        if zoneless != plain.zoneless { try fields.encode(zoneless, forKey: .zoneless) }
        if ignoresQuietHours { try fields.encode(true, forKey: .ignoresQuietHours) }
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        sendAt = try fields.decodeIfPresent(Date.self, forKey: .sendAt)
        localTime = try fields.decodeIfPresent(LocalDateTime.self, forKey: .localTime)
        passed = try fields.decodeIfPresent(PassedLocalTime.self, forKey: .passed) ?? passed
        window = try fields.decodeIfPresent(DailyHours.self, forKey: .window)
        zoneless = try fields.decodeIfPresent(Zoneless.self, forKey: .zoneless) ?? zoneless
        ignoresQuietHours = try fields.decodeIfPresent(Bool.self, forKey: .ignoresQuietHours) ?? false
    }
}
