import JWS
import PushSender

/// `user_topic_update`: also of all devices that the user has; of no device where the user is empty, which is everybody, until it
/// registers.
struct UserTopicUpdateRequest: CentrifugoMethod {
    static let name = "user_topic_update"
    static let number = 29

    let user: String?
    let op: String?
    let topics: [String]?

    func answer(_ parts: CentrifugoParts) async throws -> CentrifugoNothing {
        try await parts.users.change(
            try TopicOperation(op, topics).change, user: try CentrifugoNames.checked(name: user, "user"), app: parts.app, now: parts.now())
        return CentrifugoNothing()
    }
}

/// `user_topic_list`
struct UserTopicListRequest: CentrifugoMethod {
    static let name = "user_topic_list"
    static let number = 28

    let filter: Filter?
    let includeTotalCount: Bool?
    let cursor: String?
    let limit: Int32?

    struct Filter: Decodable {
        let users: [String]?
        let topics: [String]?
        let topicPrefix: String?
    }

    struct Item: Encodable {
        let id: String
        /// Empty for everybody.
        let user: String
        let topic: String
    }

    func answer(_ parts: CentrifugoParts) async throws -> CentrifugoList<Item> {
        let page = try CentrifugoPage(cursor: cursor, limit: limit)
        let users = try CentrifugoNames.checked(filter?.users, "filter.users").map(\.orAbsent)
        let topics = try TopicFilter(filter?.topics, prefix: filter?.topicPrefix)
        let found = try await parts.users.memberships(
            of: users, in: topics, app: parts.app, after: try page.after.map(Self.membership), limit: page.wanted)
        let total = includeTotalCount == true ? try await parts.users.membershipCount(of: users, in: topics, app: parts.app) : nil
        return CentrifugoList(found.map(Self.item), page, total: total, cursor: \.id)
    }

    private static func item(_ membership: UserMembership) -> Item {
        let parts = [membership.user ?? "", membership.topic].map { Base64URL.encode(Array($0.utf8)) }
        return Item(id: parts.joined(separator: "."), user: membership.user ?? "", topic: membership.topic)
    }

    /// By an item's id.
    private static func membership(_ id: String) throws(CentrifugoError) -> UserMembership {
        let parts = id.split(separator: ".", omittingEmptySubsequences: false).compactMap { Base64URL.decode($0) }
        guard parts.count == 2 else { throw .badRequest("cursor: give the next_cursor of the page before") }
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        return UserMembership(user: texts[0].orAbsent, topic: texts[1])
    }
}
