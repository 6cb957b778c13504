import PushSender

/// `device_topic_update`
struct DeviceTopicUpdateRequest: CentrifugoMethod {
    static let name = "device_topic_update"
    static let number = 27

    let deviceId: String?
    let op: String?
    let topics: [String]?
    /// Whose device it must be.
    let user: String?

    func answer(_ parts: CentrifugoParts) async throws -> CentrifugoNothing {
        guard let id = try CentrifugoNames.checked(name: deviceId, "device_id").map(DeviceID.init) else {
            throw CentrifugoError.badRequest("device_id: it is missing")
        }
        let verdict = try await parts.devices.change(
            try TopicOperation(op, topics).change, device: id, app: parts.app, owner: try CentrifugoNames.checked(name: user, "user"))
        switch verdict {
        case .changed: return CentrifugoNothing()
        case .unknownDevice: throw CentrifugoError.notFound("device_id: there is no such device")
        case .ownedByAnother: throw CentrifugoError.conflict("user: the device is somebody else's")
        }
    }
}

/// `device_topic_list`
struct DeviceTopicListRequest: CentrifugoMethod {
    static let name = "device_topic_list"
    static let number = 26

    let filter: Filter?
    let includeTotalCount: Bool?
    let includeDevice: Bool?
    let cursor: String?
    let limit: Int32?

    struct Filter: Decodable {
        let deviceIds: [String]?
        let deviceProviders: [String]?
        let devicePlatforms: [String]?
        let deviceUsers: [String]?
        let topics: [String]?
        let topicPrefix: String?
    }

    struct Item: Encodable {
        let id: String
        let topic: String
        let deviceId: String
        let device: CentrifugoDevice
    }

    func answer(_ parts: CentrifugoParts) async throws -> CentrifugoList<Item> {
        let page = try CentrifugoPage(cursor: cursor, limit: limit)
        let condition = try condition(), topics = try TopicFilter(filter?.topics, prefix: filter?.topicPrefix)
        let found = try await parts.devices.memberships(
            matching: condition, in: topics, app: parts.app, after: try page.after.map(Self.cursor), limit: page.wanted)
        let total =
            includeTotalCount == true
            ? try await parts.devices.membershipCount(matching: condition, in: topics, app: parts.app) : nil
        return CentrifugoList(found.map(item), page, total: total, cursor: \.id)
    }

    private func condition() throws(CentrifugoError) -> AudienceCondition {
        .allOf([
            .among(try CentrifugoNames.checked(filter?.deviceIds, "filter.device_ids"), .id),
            .among(try CentrifugoNames.checked(filter?.deviceProviders, "filter.device_providers"), .provider),
            .among(try CentrifugoNames.checked(filter?.devicePlatforms, "filter.device_platforms"), .platform),
            .among(try CentrifugoNames.checked(filter?.deviceUsers, "filter.device_users"), .user),
        ])
    }

    private func item(_ membership: DeviceMembership) -> Item {
        let device = membership.device
        return Item(
            id: "\(device.id.rawValue):\(membership.topic)", topic: membership.topic, deviceId: device.id.rawValue,
            device: includeDevice == true ? CentrifugoDevice(device) : CentrifugoDevice(id: device.id))
    }

    /// An item's id: no device's has a colon.
    private static func cursor(_ text: String) throws(CentrifugoError) -> DeviceMembership.Cursor {
        guard let colon = text.firstIndex(of: ":") else { throw .badRequest("cursor: give the next_cursor of the page before") }
        return .init(device: DeviceID(rawValue: String(text[..<colon])), topic: String(text[text.index(after: colon)...]))
    }
}

extension TopicFilter {
    init(_ names: [String]?, prefix: String?) throws(CentrifugoError) {
        self.init(
            names: try CentrifugoNames.checked(names, "filter.topics"),
            prefix: try CentrifugoNames.checked(name: prefix, "filter.topic_prefix") ?? "")
    }
}
