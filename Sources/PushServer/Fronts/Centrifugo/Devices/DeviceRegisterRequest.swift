import PushProviders
import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `device_register`: all that is kept of a device; what is left out is forgotten.
struct DeviceRegisterRequest: CentrifugoMethod {
    static let name = "device_register"
    static let number = 22

    let id: String?
    let provider: String?
    let token: String?
    let platform: String?
    let user: String?
    let meta: [String: String]?
    let topics: [String]?
    let timezone: String?
    let locale: String?

    struct Answer: Encodable { let id: String }

    func answer(_ parts: CentrifugoParts) async throws -> Answer {
        let provider = try checkedProvider(parts.settings)
        let registration = DeviceRegistration(
            id: try checkedID(), app: parts.app, provider: provider, token: try checkedToken(provider, parts.endpointPolicy),
            isEnvironmentGuessed: true, user: try CentrifugoNames.checked(name: user, "user"),
            topics: try CentrifugoNames.checked(topics: topics), profile: try profile())
        var random = SystemRandomNumberGenerator()
        let moment = parts.now()
        let (device, _) = try await parts.devices.register(
            registration, newID: DeviceID(now: moment, random: &random), now: moment)
        return Answer(id: device.id.rawValue)
    }

    private func checkedID() throws(CentrifugoError) -> DeviceID? {
        guard let id = id?.orAbsent.map(DeviceID.init) else { return nil }
        guard id.isWellFormed else { throw .badRequest("id: this is none that device_register gave; leave it out to get one") }
        return id
    }

    private func checkedProvider(_ settings: CentrifugoSettings) throws(CentrifugoError) -> ProviderName {
        let name = ProviderName(rawValue: provider ?? "")
        guard CentrifugoSettings().enabledProviders.contains(name) else { throw .badRequest("provider: give fcm, hms, apns or webpush") }
        guard settings.enabledProviders.contains(name) else {
            throw .notAvailable("provider: \(name.rawValue) is not among centrifugo.enabledProviders")
        }
        return name
    }

    private func checkedToken(_ provider: ProviderName, _ policy: EndpointPolicy) throws -> Token {
        guard ["ios", "android", "web"].contains(platform ?? "") else {
            throw CentrifugoError.badRequest("platform: give ios, android or web")
        }
        return try CentrifugoToken.checked(token ?? "", provider, policy)
    }

    private func profile() throws -> DeviceProfileChanges {
        var profile = DeviceProfileChanges()
        profile.platform = platform
        profile.appVersion = ""
        profile.locale = try CentrifugoProfile.locale(locale)
        profile.timeZone = try CentrifugoProfile.timeZone(timezone)
        profile.replacesTags = true
        profile.tags = try CentrifugoProfile.tags(meta)
        return profile
    }
}

/// A token as clients write it.
enum CentrifugoToken {
    /// - Throws: ``Problem``
    static func checked(_ text: String, _ provider: ProviderName, _ policy: EndpointPolicy) throws -> Token {
        guard !text.isEmpty else { throw CentrifugoError.badRequest("token: it is missing") }
        return try WrittenToken.checked(text, provider, policy)
    }
}

/// What a device says of itself; empty is nothing.
enum CentrifugoProfile {
    static func locale(_ text: String?) throws(PushProblem) -> String {
        guard let text, !text.isEmpty else { return "" }
        return try LocaleTag.checked(text, field: "locale")
    }

    static func timeZone(_ text: String?) throws(PushProblem) -> String {
        guard let text, !text.isEmpty else { return "" }
        return try ZoneName.checked(text, field: "timezone")
    }

    static func tags(_ meta: [String: String]?) throws(PushProblem) -> [String: TagValue?] {
        let tags = (meta ?? [:]).mapValues { TagValue.string($0) }
        try TagLimits.check(tags)
        return tags
    }
}
