import PushSender

/// `device_update`: changes all devices that are named by id, by user, or by both; only what is given.
struct DeviceUpdateRequest: CentrifugoMethod {
    static let name = "device_update"
    static let number = 23

    let ids: [String]?
    let users: [String]?
    let userUpdate: UserUpdate?
    let metaUpdate: MetaUpdate?
    let topicsUpdate: TopicsUpdate?
    let timezoneUpdate: TimezoneUpdate?
    let localeUpdate: LocaleUpdate?

    struct UserUpdate: Decodable { let user: String? }
    struct MetaUpdate: Decodable { let meta: [String: String]? }
    struct TopicsUpdate: Decodable {
        let op: String?
        let topics: [String]?
    }
    struct TimezoneUpdate: Decodable { let timezone: String? }
    struct LocaleUpdate: Decodable { let locale: String? }

    func answer(_ parts: CentrifugoParts) async throws -> CentrifugoNothing {
        try await parts.devices.update(
            matching: try NamedDevices(ids: ids, users: users).condition, app: parts.app, try changes(), now: parts.now())
        return CentrifugoNothing()
    }

    private func changes() throws -> DeviceChanges {
        var changes = DeviceChanges()
        if let userUpdate {
            changes.owner = try CentrifugoNames.checked(name: userUpdate.user, "user_update.user").map { .user($0) } ?? .nobody
            changes.joinsOwnersTopics = false
        }
        if let metaUpdate {
            changes.profile.replacesTags = true
            changes.profile.tags = try CentrifugoProfile.tags(metaUpdate.meta)
        }
        changes.topics = try topicsUpdate.map { try TopicOperation($0.op, $0.topics, "topics_update.").change }
        changes.profile.timeZone = try timezoneUpdate.map { try CentrifugoProfile.timeZone($0.timezone) }
        changes.profile.locale = try localeUpdate.map { try CentrifugoProfile.locale($0.locale) }
        return changes
    }
}

/// `device_remove`: of devices that are named by id, by user, or by both.
struct DeviceRemoveRequest: CentrifugoMethod {
    static let name = "device_remove"
    static let number = 24

    let ids: [String]?
    let users: [String]?

    func answer(_ parts: CentrifugoParts) async throws -> CentrifugoNothing {
        try await parts.devices.remove(matching: try NamedDevices(ids: ids, users: users).condition, app: parts.app)
        return CentrifugoNothing()
    }
}

/// Devices of these ids and of these users, where either may say nothing, but not both: that would be every device.
private struct NamedDevices {
    let condition: AudienceCondition

    init(ids: [String]?, users: [String]?) throws(CentrifugoError) {
        let ids = try CentrifugoNames.checked(ids, "ids"), users = try CentrifugoNames.checked(users, "users")
        guard !ids.isEmpty || !users.isEmpty else { throw .badRequest("ids: name devices, or users whose devices are meant") }
        condition = .allOf([.among(ids, .id), .among(users, .user)])
    }
}
