#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What a push may ask for beyond its policy: when, how often, in which words. Most ask for nothing.
public struct PushOptions: Sendable, Hashable, Codable {
    public var schedule = PushSchedule()
    /// All of them apply.
    public var caps: [FrequencyCap] = []
    /// Texts that differ from device to device; the notification is what they are made of.
    public var wording: Wording?
    /// No more devices a second than that, on average.
    public var devicesPerSecond: Int?
    /// Devices get a link with the push, to say what became of it.
    public var wantsReceipts = false
    /// A moment after which the push is worth nothing, instead of a time counted from when it is due.
    public var expiresAt: Date?
    /// A device whose provider was out of reach, or wanted no more, as often as this gets no further attempt; nil: as long as the push is
    /// worth sending.
    public var attempts: Int?
    /// Where it came in, when not over the native API.
    public var origin: PushOrigin?

    public init() {}
}

extension PushOptions {
    private enum CodingKeys: String, CodingKey {
        case schedule, caps, wording, devicesPerSecond, wantsReceipts, expiresAt, attempts, origin
    }

    /// What wasn't asked for is left out, and what was left out wasn't asked for.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        if schedule != PushSchedule() { try fields.encode(schedule, forKey: .schedule) }
        if !caps.isEmpty { try fields.encode(caps, forKey: .caps) }
        try fields.encodeIfPresent(wording, forKey: .wording)
        try fields.encodeIfPresent(devicesPerSecond, forKey: .devicesPerSecond)
        if wantsReceipts { try fields.encode(true, forKey: .wantsReceipts) }
        try fields.encodeIfPresent(expiresAt, forKey: .expiresAt)
        try fields.encodeIfPresent(attempts, forKey: .attempts)
        try fields.encodeIfPresent(origin, forKey: .origin)
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        schedule = try fields.decodeIfPresent(PushSchedule.self, forKey: .schedule) ?? PushSchedule()
        caps = try fields.decodeIfPresent([FrequencyCap].self, forKey: .caps) ?? []
        wording = try fields.decodeIfPresent(Wording.self, forKey: .wording)
        devicesPerSecond = try fields.decodeIfPresent(Int.self, forKey: .devicesPerSecond)
        wantsReceipts = try fields.decodeIfPresent(Bool.self, forKey: .wantsReceipts) ?? false
        expiresAt = try fields.decodeIfPresent(Date.self, forKey: .expiresAt)
        attempts = try fields.decodeIfPresent(Int.self, forKey: .attempts)
        origin = try fields.decodeIfPresent(PushOrigin.self, forKey: .origin)
    }
}

/// Which front took a push, and what its client calls it: for whoever tells the client what came of it.
public struct PushOrigin: Sendable, Hashable, Codable {
    public let front: String
    public let reference: String

    public init(front: String, reference: String) {
        self.front = front
        self.reference = reference
    }
}
