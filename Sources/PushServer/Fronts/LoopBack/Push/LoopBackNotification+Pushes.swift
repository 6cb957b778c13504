import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension LoopBackNotification {
    /// What is sent: sections for Apple's and Google's devices, neutral content for all others, which LoopBack never had.
    func pushed(ttlSeconds: Int?) -> PushSender.Notification {
        var notification = PushSender.Notification()
        // Browsers show nothing without a title.
        notification.title = heading ?? text
        notification.body = heading == nil ? nil : text
        notification.badge = badge.flatMap { $0 < 0 ? nil : $0 }
        notification.sound = sound
        notification.category = category
        notification.icon = words("icon")
        notification.tag = words("tag")
        notification.background = notification.title == nil ? true : nil
        notification.data = custom == .emptyObject ? nil : custom.core
        notification.apns = apns
        notification.fcm = fcm(ttlSeconds: ttlSeconds)
        return notification
    }

    /// How long it is worth sending after it is due, whole seconds; nil where the notification doesn't say. What has passed is sent once,
    /// now or never.
    func ttlSeconds(now: Date) -> Int? {
        let seconds: Double
        if let interval = expirationInterval, interval != 0 {
            seconds = interval
        } else if let expirationTime {
            seconds = expirationTime.timeIntervalSince(dueAt(now: now))
        } else {
            return nil
        }
        return Int(min(max(seconds, 0), Double(PushLimits().ttlSeconds)))
    }

    /// A time that has passed is now.
    func dueAt(now: Date) -> Date { max(scheduledTime ?? now, now) }

    func request(to audience: Audience, of app: AppID, now: Date) -> PushRequest {
        let ttlSeconds = ttlSeconds(now: now)
        var options = PushOptions()
        let dueAt = dueAt(now: now)
        if dueAt > now { options.schedule.sendAt = dueAt }
        options.origin = PushOrigin(front: Self.front, reference: "")
        // A key that is too long for a push and for Apple may still be right for Google, whose section has it.
        let policy = PushPolicy(ttl: ttlSeconds.map { TTL(seconds: $0) } ?? PushPolicy.defaultTTL, collapseKey: apns.collapseID)
        // Providers aren't asked beforehand: what one would never take fails for its devices, not for the others of the request.
        return PushRequest(
            app: app, audience: audience, notification: pushed(ttlSeconds: ttlSeconds), drafts: [], policy: policy, options: options)
    }

    static let front = "loopback"
}
