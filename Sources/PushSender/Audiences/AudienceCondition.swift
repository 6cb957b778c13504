/// Something that is true or false of a device: the syntax tree of an ``AudienceExpression``, and what an ``Audience`` comes down to.
public indirect enum AudienceCondition: Sendable, Hashable {
    case term(AudienceTerm)
    case not(AudienceCondition)
    /// True when there are none.
    case all([AudienceCondition])
    /// False when there are none.
    case any([AudienceCondition])

    public static let always = all([])
    public static let never = any([])
}

/// The smallest thing that is true or false of a device.
public enum AudienceTerm: Sendable, Hashable {
    /// The field, or a member of it, is one of these, none of which is a list. False of a field that is missing.
    case isOneOf(AudienceField, [TagValue])
    /// The field, or a member of it, is of the same type as that, which is no list, and so ordered. False of a field that is missing.
    case compares(AudienceField, AudienceOrder, TagValue)
    /// When the device last registered, against a moment.
    case lastSeen(AudienceOrder, AudienceMoment)
    /// The field is there: a tag with any value (an empty list is none), text that isn't empty.
    case has(AudienceField)
    case topic(String)
    /// The device is a record of the collection.
    case isRecord(RecordCollection)
    /// The record that the device is passes. Nobody can write these two: only ``RecordAudience`` has them.
    case record(RecordCollection, String, RecordTest)
}

public enum AudienceOrder: String, Sendable, CaseIterable, Codable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// Whether `one` stands so to `other`.
    func holds<Value: Comparable>(_ one: Value, _ other: Value) -> Bool {
        switch self {
        case .less: one < other
        case .lessOrEqual: one <= other
        case .greater: one > other
        case .greaterOrEqual: one >= other
        }
    }
}

/// What a term asks about.
public enum AudienceField: Sendable, Hashable {
    case tag(String)
    case device(DeviceField)
}

/// What every device has, written `device.platform`. All are text, and missing where they are empty.
public enum DeviceField: String, Sendable, CaseIterable {
    case platform
    case provider
    case locale
    case timeZone = "time_zone"
    case appVersion = "app_version"
    case lastSeen = "last_seen"
    case user
    case id
}

extension AudienceField {
    /// What comparing it takes beside `==` and `in`.
    var isOrdered: Bool {
        switch self {
        case .tag, .device(.appVersion), .device(.lastSeen): true
        case .device: false
        }
    }
}
