#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The dictionary `aps` that starts, updates or ends a Live Activity (ActivityKit: Starting and updating Live Activities with push
/// notifications).
///
/// The device decodes state and attributes with a plain `JSONDecoder`, so their dates are seconds since 2001; the dates here are Unix
/// seconds.
public struct LiveActivityAPS<ContentState: Encodable & Sendable, Attributes: Encodable & Sendable>: Sendable, Encodable {
    public var event: LiveActivityEvent<Attributes>
    /// Orders the pushes: the device ignores one that is older than what it has.
    public var timestamp: Date
    public var contentState: ContentState
    /// From then on the content is shown as out of date.
    public var staleDate: Date?
    /// Any number: the higher, the further in front.
    public var relevanceScore: Double?
    /// A start has to have one.
    public var alert: LiveActivityAlert?

    public init(
        _ event: LiveActivityEvent<Attributes>, timestamp: Date, contentState: ContentState, staleDate: Date? = nil,
        relevanceScore: Double? = nil, alert: LiveActivityAlert? = nil
    ) {
        self.event = event
        self.timestamp = timestamp
        self.contentState = contentState
        self.staleDate = staleDate
        self.relevanceScore = relevanceScore
        self.alert = alert
    }

    private enum CodingKeys: String, CodingKey {
        case event, timestamp, alert, attributes
        case contentState = "content-state"
        case staleDate = "stale-date"
        case relevanceScore = "relevance-score"
        case dismissalDate = "dismissal-date"
        case attributesType = "attributes-type"
        case inputPushToken = "input-push-token"
        case inputPushChannel = "input-push-channel"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(event.name, forKey: .event)
        try container.encode(timestamp.unixSeconds, forKey: .timestamp)
        try container.encode(contentState, forKey: .contentState)
        try container.encodeIfPresent(staleDate?.unixSeconds, forKey: .staleDate)
        try container.encodeIfPresent(relevanceScore, forKey: .relevanceScore)
        try container.encodeIfPresent(alert, forKey: .alert)
        switch event {
        case .start(let start): try encode(start, to: &container)
        case .update: break
        case .end(let dismissalDate): try container.encodeIfPresent(dismissalDate?.unixSeconds, forKey: .dismissalDate)
        }
    }

    private func encode(_ start: LiveActivityStart<Attributes>, to container: inout KeyedEncodingContainer<CodingKeys>) throws {
        try container.encode(start.attributesType, forKey: .attributesType)
        try container.encode(start.attributes, forKey: .attributes)
        switch start.updates {
        case .asTheAppDecides: break
        case .token: try container.encode(1, forKey: .inputPushToken)
        case .channel(let id): try container.encode(id, forKey: .inputPushChannel)
        }
    }
}

extension LiveActivityAPS where Attributes == NoContent {
    /// Shows a new state.
    public static func update(_ contentState: ContentState, timestamp: Date, alert: LiveActivityAlert? = nil) -> Self {
        Self(.update, timestamp: timestamp, contentState: contentState, alert: alert)
    }

    /// - Parameter dismissalDate: when the card goes, at most four hours on; a past date removes it at once; nil leaves it for four hours.
    public static func end(_ contentState: ContentState, timestamp: Date, dismissalDate: Date? = nil) -> Self {
        Self(.end(dismissalDate: dismissalDate), timestamp: timestamp, contentState: contentState)
    }
}

public enum LiveActivityEvent<Attributes: Encodable & Sendable>: Sendable {
    /// To a push-to-start token, iOS 17.2 and later.
    case start(LiveActivityStart<Attributes>)
    case update
    case end(dismissalDate: Date?)

    var name: String {
        switch self {
        case .start: "start"
        case .update: "update"
        case .end: "end"
        }
    }
}

/// What never changes in a Live Activity, and how it is to be updated.
public struct LiveActivityStart<Attributes: Encodable & Sendable>: Sendable {
    public enum Updates: Sendable, Hashable {
        case asTheAppDecides
        /// The device makes a token for updates; iOS 18 and later.
        case token
        /// The activity listens to a broadcast channel. Before iOS 18 it doesn't start.
        case channel(String)
    }

    /// The Swift type's name.
    public var attributesType: String
    public var attributes: Attributes
    public var updates: Updates

    public init(attributesType: String, attributes: Attributes, updates: Updates = .asTheAppDecides) {
        self.attributesType = attributesType
        self.attributes = attributes
        self.updates = updates
    }
}

extension Date {
    var unixSeconds: Int64 { timeIntervalSince1970.isFinite ? Int64(min(max(timeIntervalSince1970, -9e15), 9e15)) : 0 }
}
