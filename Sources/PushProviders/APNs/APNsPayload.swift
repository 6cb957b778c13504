import APNs
import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A push in APNs's form: its raw section, or what the neutral notification means there.
///
/// | neutral | APNs |
/// |---|---|
/// | `title`, `subtitle`, `body` | `aps.alert` |
/// | `badge`, `sound`, `thread`, `category` | `aps.badge`, `aps.sound`, `aps.thread-id`, `aps.category` |
/// | `interruption_level` | `aps.interruption-level`; with `critical` the sound becomes a critical alert's |
/// | `background`, or nothing to show | push type `background`, `aps.content-available` |
/// | `mutable` | `aps.mutable-content` |
/// | `image` | `image` beside `aps`, and `aps.mutable-content`, so that the app's service extension may fetch it |
/// | `url` | `url` beside `aps` |
/// | `data` | an object's members beside `aps`; any other JSON as `data` beside `aps` |
/// | `collapse_key`, or else `tag` | `apns-collapse-id` |
/// | `ttl` | `apns-expiration` |
/// | `urgency` | `apns-priority`: `high` and `normal` 10, `low` 5, `very-low` 1, as far as the push type has them |
///
/// The push's id stands beside `aps` as `herald_id`, so that an app knows a repeat when it sees one. `icon`, `badge_icon`, `actions` (name
/// a `category` instead), `channel` and `color` have no counterpart.
enum APNsPayload {
    /// - Parameter expiresAt: nil for a push with TTL 0.
    /// - Throws: why it can't be sent, with the field as the API spells it.
    static func notification(
        _ notification: PushSender.Notification, policy: PushPolicy, id: PushID, expiresAt: Date?
    ) throws(PushProblem) -> APNsNotification {
        if let id = notification.apns?.id, UUID(uuidString: id) == nil {
            throw invalid("notification.apns.id", "it is a UUID, like 123e4567-e89b-12d3-a456-426655440000")
        }
        let raw = notification.apns?.payload.map { Array($0.utf8) }
        let pushType = try pushType(notification, raw)
        let priority = try priority(notification, policy, pushType)
        let expiration = expiration(notification.apns) ?? expiresAt.map(APNsExpiration.at) ?? .immediately
        let collapseID = notification.apns?.collapseID ?? policy.collapseKey ?? notification.tag
        let content = raw == nil ? try neutral(notification, id) : nil
        do throws(APNsError) {
            if let content {
                return try APNsNotification(content, pushType: pushType, priority: priority, expiration: expiration, collapseID: collapseID)
            }
            return try APNsNotification(
                payload: raw ?? [], pushType: pushType, priority: priority, expiration: expiration, collapseID: collapseID)
        } catch {
            let field = field(of: error, in: notification, policy)
            throw PushProblem(error.code == .tooLarge ? .tooLarge : .invalidField, field: field, error.description)
        }
    }

    private static func expiration(_ section: APNsSection?) -> APNsExpiration? {
        section?.expiration.map { $0 > 0 ? .at(Date(timeIntervalSince1970: Double($0))) : .immediately }
    }

    private static func pushType(_ notification: PushSender.Notification, _ raw: [UInt8]?) throws(PushProblem) -> APNsPushType {
        guard let name = notification.apns?.pushType else {
            return raw.map { APNsPushType(guessedFrom: $0) } ?? (showsNothing(notification) ? .background : .alert)
        }
        guard let pushType = APNsPushType(rawValue: name) else {
            let known = APNsPushType.allCases.map(\.rawValue).joined(separator: ", ")
            throw invalid("notification.apns.push_type", "it is one of \(known)")
        }
        return pushType
    }

    private static func priority(
        _ notification: PushSender.Notification, _ policy: PushPolicy, _ pushType: APNsPushType
    ) throws(PushProblem) -> APNsPriority? {
        if let number = notification.apns?.priority {
            guard let priority = APNsPriority(rawValue: number) else { throw invalid("notification.apns.priority", "it is 10, 5 or 1") }
            return priority
        }
        switch policy.urgency {
        case .high:
            guard pushType != .background else {
                throw invalid("urgency", "APNs has no background pushes of high urgency; take normal, or show something")
            }
            return pushType.allowedPriorities.first
        case .normal: return pushType.defaultPriority
        case .low: return pushType.priority(atMost: .considerate)
        case .veryLow: return pushType.priority(atMost: .powerFirst)
        }
    }

    static func invalid(_ field: String, _ message: String) -> PushProblem {
        PushProblem(.invalidField, field: field, message)
    }
}

// Their words for what is wrong, in ours
extension APNsPayload {
    private static func field(of error: APNsError, in notification: PushSender.Notification, _ policy: PushPolicy) -> String {
        switch error.field {
        case "aps": notification.apns?.payload == nil ? "notification.data" : "notification.apns.payload"
        case "apns-collapse-id" where notification.apns?.collapseID != nil: "notification.apns.collapse_id"
        case "apns-collapse-id": policy.collapseKey != nil ? "collapse_key" : "notification.tag"
        case "apns-priority": notification.apns?.priority != nil ? "notification.apns.priority" : "urgency"
        default:
            if notification.apns?.payload != nil { "notification.apns.payload" }
            else { notification.apns?.pushType != nil && error.code != .tooLarge ? "notification.apns.push_type" : "notification" }
        }
    }
}

extension APNsPushType {
    /// The highest that isn't above the wish; the lowest there is when all are above it.
    fileprivate func priority(atMost wish: APNsPriority) -> APNsPriority? {
        allowedPriorities.first { $0 <= wish } ?? allowedPriorities.last
    }
}
