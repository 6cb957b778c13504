/// The header `apns-push-type`: what a push is for, and so which topic, priority, size and authentication it has
/// (Apple: Sending notification requests to APNs).
public enum APNsPushType: String, Sendable, Hashable, CaseIterable {
    /// Shows something, plays a sound or sets a badge.
    case alert
    /// Wakes the app and shows nothing.
    case background
    /// Rings: the app must report a call. Its device token is PushKit's.
    case voip
    case complication
    case fileprovider
    /// Device management; its topic is the UID of the MDM certificate's subject.
    case mdm
    /// Starts, updates or ends a Live Activity. Its device tokens are ActivityKit's.
    case liveactivity
    /// Asks a location push extension where the device is.
    case location
    case pushtotalk
    /// Reloads widgets. Its device token is the widget extension's.
    case widgets
    /// Reloads controls. Its device token is the control's.
    case controls

    /// What follows the bundle id in the header `apns-topic`.
    public var topicSuffix: String {
        switch self {
        case .alert, .background, .mdm: ""
        case .voip: ".voip"
        case .complication: ".complication"
        case .fileprovider: ".pushkit.fileprovider"
        case .liveactivity: ".push-type.liveactivity"
        case .location: ".location-query"
        case .pushtotalk: ".voip-ptt"
        case .widgets: ".push-type.widgets"
        case .controls: ".push-type.controls"
        }
    }

    /// What a push of this type may ask for, the highest first.
    public var allowedPriorities: [APNsPriority] {
        switch self {
        case .alert, .widgets, .controls: [.immediate, .considerate, .powerFirst]
        case .background: [.considerate, .powerFirst]
        case .voip, .mdm, .pushtotalk: [.immediate]
        case .complication, .fileprovider, .liveactivity, .location: [.immediate, .considerate]
        }
    }

    /// What is sent when nobody asks for one; nil leaves it to APNs.
    public var defaultPriority: APNsPriority? {
        switch self {
        case .alert, .voip, .complication, .mdm, .liveactivity, .location, .pushtotalk: .immediate
        case .background, .fileprovider: .considerate
        case .widgets, .controls: nil
        }
    }

    public var maximumPayloadBytes: Int { self == .voip ? 5120 : 4096 }

    /// Apple takes it with a provider token only, not with a certificate. Documented for `location`; for the others no certificate is
    /// offered.
    public var needsTokenAuthentication: Bool {
        switch self {
        case .location, .liveactivity, .widgets, .controls: true
        default: false
        }
    }
}

/// The header `apns-priority`.
public enum APNsPriority: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// With regard to power above all; must not wake the device.
    case powerFirst = 1
    /// At a time that is good for the device's battery.
    case considerate = 5
    /// At once.
    case immediate = 10

    public static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}
