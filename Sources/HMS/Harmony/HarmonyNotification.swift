public import JSON

/// What is shown on HarmonyOS 5 and later.
public struct HarmonyNotification: Sendable, Hashable, Codable {
    /// `IM`, `MARKETING`, …; anything but `MARKETING` needs a right, else it counts as marketing, of which a device gets few a day.
    public var category: String
    public var title: String?
    public var body: String?
    public var clickAction: ClickAction?
    /// Notifications of one number replace each other.
    public var notifyId: Int?
    /// https
    public var image: String?
    public var style: Int?
    /// Lines of an inbox.
    public var inboxContent: [String]?
    public var badge: Badge?
    /// A file of the app.
    public var sound: String?
    /// Seconds, at most 60.
    public var soundDuration: Int?
    public var foregroundShow: Bool?
    public var profileId: String?
    public var slotType: Int?

    public init(
        category: String = "MARKETING", title: String? = nil, body: String? = nil, clickAction: ClickAction? = .init(actionType: 0)
    ) {
        self.category = category
        self.title = title
        self.body = body
        self.clickAction = clickAction
    }

    public struct ClickAction: Sendable, Hashable, Codable {
        /// 0 the app's start page, 1 a page of it.
        public var actionType: Int
        /// For 1: the page's action.
        public var action: String?
        /// For 1: what the page takes.
        public var uri: String?
        /// Handed to the page.
        public var data: [String: JSONValue]?
        public init(actionType: Int, action: String? = nil, uri: String? = nil, data: [String: JSONValue]? = nil) {
            self.actionType = actionType
            self.action = action
            self.uri = uri
            self.data = data
        }
    }

    public struct Badge: Sendable, Hashable, Codable {
        /// 1 to 99, added to what is there.
        public var addNum: Int?
        /// 0 to 99; wins over ``addNum``.
        public var setNum: Int?
        public init(addNum: Int? = nil, setNum: Int? = nil) {
            self.addNum = addNum
            self.setNum = setNum
        }
    }
}
