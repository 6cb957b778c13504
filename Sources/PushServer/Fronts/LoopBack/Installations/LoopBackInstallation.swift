import PushProviders
import PushSender

/// An installation's members, as a device of the core's has them.
struct LoopBackInstallation {
    private let object: LoopBackValue

    init(_ object: LoopBackValue) { self.object = object }

    static let providers: [String: ProviderName] = ["ios": .apns, "android": .fcm, "web": .webPush]

    /// Nil for what nobody can send to: another `deviceType`, a token that is none. It is kept all the same.
    func device(_ surroundings: LoopBackSurroundings, _ policy: EndpointPolicy) -> RecordDevice? {
        let deviceType = text("deviceType")
        guard let provider = Self.providers[deviceType], var token = try? WrittenToken.checked(written(provider), provider, policy) else {
            return nil
        }
        if provider == .apns { token.environment = surroundings.apnsEnvironment }
        var device = RecordDevice(appName: text("appId"), provider: provider, token: token)
        device.isEnvironmentGuessed = true
        device.user = name(text("userId"))
        device.topics = topics
        device.profile = profile(deviceType)
        return device
    }

    /// Tokens are written with blanks and in angle brackets, as iOS once printed them.
    private func written(_ provider: ProviderName) -> String {
        provider == .webPush ? text("deviceToken") : text("deviceToken").filter { !" <>".contains($0) }
    }

    private var topics: [String] {
        let names = (object["subscriptions"]?.elements ?? []).compactMap { $0.text.flatMap(name) }
        return Array(Set(names).sorted().prefix(UserLimits.topics))
    }

    private func profile(_ deviceType: String) -> DeviceProfileChanges {
        var profile = DeviceProfileChanges()
        profile.platform = deviceType
        profile.appVersion = text("appVersion").utf8.count <= 64 ? text("appVersion") : ""
        profile.timeZone = (try? ZoneName.checked(text("timeZone"), field: "timeZone")) ?? ""
        return profile
    }

    private func text(_ name: String) -> String { object[name]?.text ?? "" }

    /// Nil for what the core takes for no name.
    private func name(_ text: String) -> String? { try? Names.checked(text, "name") }
}
