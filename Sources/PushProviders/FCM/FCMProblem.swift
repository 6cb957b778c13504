import FCM
import JSON
import PushSender

/// What FCM could never take, found before anything is accepted, in the API's words.
enum FCMProblem {
    static func find(in notification: PushSender.Notification, policy: PushPolicy) -> PushProblem? {
        let isRaw = notification.fcm != nil
        if !isRaw, let problem = contradiction(in: notification) { return problem }
        do throws(FCMError) {
            try FCMPayload(notification, policy: policy, id: anyID).check()
            return nil
        } catch {
            return PushProblem(
                error.code == .tooLarge ? .tooLarge : .invalidField, field: isRaw ? "notification.fcm.message" : field(of: error),
                isRaw ? error.description : error.message)
        }
    }

    /// As long as any.
    private static let anyID = PushID(rawValue: "00000000-0000-7000-8000-000000000000")

    private static func contradiction(in notification: PushSender.Notification) -> PushProblem? {
        if notification.background == true, isPerceptible(notification) {
            return PushProblem(
                .invalidField, field: "notification.background",
                "a background push shows nothing: leave out title, subtitle, body, badge and sound, or background")
        }
        let ours = [FCMPayload.names.id, FCMPayload.names.url]
        guard let taken = ours.first(where: { notification.data?[$0] != nil }) else { return nil }
        return PushProblem(.invalidField, field: "notification.data.\(taken)", "the name is taken at FCM; give the member another one")
    }

    private static func isPerceptible(_ notification: PushSender.Notification) -> Bool {
        notification.title != nil || notification.subtitle != nil || notification.body != nil || notification.badge != nil
            || notification.sound != nil
    }

    /// Theirs, as the API spells it.
    private static func field(of error: FCMError) -> String {
        switch error.field {
        case "android.notification.color": "notification.color"
        case "android.notification.notification_count": "notification.badge"
        case .some(let field) where field == "data" || field.hasPrefix("data."): "notification." + field
        default: "notification"
        }
    }
}
