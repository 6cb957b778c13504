import PushSender

/// `device_list`
struct DeviceListRequest: CentrifugoMethod {
    static let name = "device_list"
    static let number = 25

    let filter: CentrifugoDeviceFilter?
    let includeTotalCount: Bool?
    let includeMeta: Bool?
    let includeTopics: Bool?
    let includeWebpushKeys: Bool?
    let cursor: String?
    let limit: Int32?

    func answer(_ parts: CentrifugoParts) async throws -> CentrifugoList<CentrifugoDevice> {
        let page = try CentrifugoPage(cursor: cursor, limit: limit)
        let condition = try filter?.condition() ?? .always
        let found = try await parts.devices.devices(
            matching: condition, app: parts.app, after: page.after.map(DeviceID.init), limit: page.wanted)
        let total = includeTotalCount == true ? try await parts.devices.count(matching: condition, app: parts.app) : nil
        return CentrifugoList(found.map(shown), page, total: total, cursor: \.id)
    }

    private func shown(_ device: Device) -> CentrifugoDevice {
        CentrifugoDevice(
            device, meta: includeMeta == true, topics: includeTopics == true, webpushKeys: includeWebpushKeys == true)
    }
}

/// All of these must hold, each by one of its names; what is empty always does.
struct CentrifugoDeviceFilter: Decodable {
    let ids: [String]?
    let users: [String]?
    let topics: [String]?
    let providers: [String]?
    let platforms: [String]?

    func condition() throws(CentrifugoError) -> AudienceCondition {
        .allOf([
            .among(try CentrifugoNames.checked(ids, "filter.ids"), .id),
            .among(try CentrifugoNames.checked(users, "filter.users"), .user),
            .inTopics(try CentrifugoNames.checked(topics, "filter.topics")),
            .among(try CentrifugoNames.checked(providers, "filter.providers"), .provider),
            .among(try CentrifugoNames.checked(platforms, "filter.platforms"), .platform),
        ])
    }
}
