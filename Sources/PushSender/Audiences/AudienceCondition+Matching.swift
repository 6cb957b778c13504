#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension AudienceCondition {
    /// Whether it is true of the device. What SQL says of the same device is the same, but for records.
    /// - Parameter now: what ages are counted from.
    public func matches(_ device: Device, asOf now: Date) -> Bool {
        switch self {
        case .term(let term): term.matches(device, asOf: now)
        case .not(let condition): !condition.matches(device, asOf: now)
        case .all(let parts): parts.allSatisfy { $0.matches(device, asOf: now) }
        case .any(let parts): parts.contains { $0.matches(device, asOf: now) }
        }
    }
}

extension AudienceTerm {
    func matches(_ device: Device, asOf now: Date) -> Bool {
        switch self {
        case .isOneOf(let field, let wanted): field.values(of: device).contains { value in wanted.contains { field.equal(value, $0) } }
        case .compares(let field, let order, let bound): field.values(of: device).contains { field.compare($0, order, bound) }
        case .lastSeen(let order, let moment): order.holds(device.registeredAt, moment.date(asOf: now))
        case .has(.device(.lastSeen)): true
        case .has(let field): !field.values(of: device).isEmpty
        // A device doesn't know its record.
        case .isRecord, .record: false
        case .topic(let topic): device.topics.contains { $0.utf8.elementsEqual(topic.utf8) }
        }
    }
}

extension AudienceField {
    /// None where the field is missing.
    func values(of device: Device) -> [TagValue] {
        switch self {
        case .tag(let name): device.profile.tags.filter { $0.key.utf8.elementsEqual(name.utf8) }.flatMap(\.value.members)
        case .device(let field): field.text(of: device).map { $0.isEmpty ? [] : [.string($0)] } ?? []
        }
    }

    func equal(_ one: TagValue, _ other: TagValue) -> Bool {
        switch (one, other) {
        case (.string(let one), .string(let other)) where self == .device(.appVersion): VersionKey.of(one) == VersionKey.of(other)
        case (.string(let one), .string(let other)): one.utf8.elementsEqual(other.utf8)
        default: one == other
        }
    }

    func compare(_ one: TagValue, _ order: AudienceOrder, _ other: TagValue) -> Bool {
        switch (one, other) {
        case (.string(let one), .string(let other)) where self == .device(.appVersion):
            order.holds(Bytes(VersionKey.of(one)), Bytes(VersionKey.of(other)))
        case (.string(let one), .string(let other)): order.holds(Bytes(one), Bytes(other))
        case (.number(let one), .number(let other)): order.holds(one, other)
        case (.boolean(let one), .boolean(let other)): order.holds(one ? 1 : 0, other ? 1 : 0)
        default: false
        }
    }

    /// Text as databases compare it.
    private struct Bytes: Comparable {
        let bytes: [UInt8]
        init(_ text: String) { bytes = Array(text.utf8) }
        static func < (one: Self, other: Self) -> Bool { one.bytes.lexicographicallyPrecedes(other.bytes) }
    }
}

extension DeviceField {
    /// Nil for what isn't text.
    fileprivate func text(of device: Device) -> String? {
        switch self {
        case .platform: device.profile.platform
        case .provider: device.provider.rawValue
        case .locale: device.profile.locale
        case .timeZone: device.profile.timeZone
        case .appVersion: device.profile.appVersion
        case .lastSeen: nil
        case .user: device.user
        case .id: device.id.rawValue
        }
    }
}
