/// What of an Application's `pushSettings` may be shown: whatever isn't known to be no secret is one.
enum LoopBackPublicSettings {
    private static let names: Set<String> = [
        "apns", "gcm", "fcm", "web", "production", "bundle", "token", "keyId", "teamId", "projectId", "subject", "publicKey", "pushOptions",
        "feedbackOptions", "gateway", "port", "batchFeedback", "interval",
    ]

    static func shown(_ settings: LoopBackValue) -> LoopBackValue {
        guard let members = settings.members else { return .null }
        return .object(
            members.filter { names.contains($0.name) }.map { member in
                .init(name: member.name, value: member.value.members == nil ? scalar(member) : shown(member.value))
            })
    }

    /// A name that holds an object might hold a secret where there is none.
    private static func scalar(_ member: LoopBackValue.Member) -> LoopBackValue {
        ["apns", "gcm", "fcm", "web", "token", "pushOptions", "feedbackOptions"].contains(member.name) || member.value.elements != nil
            ? .null : member.value
    }
}
