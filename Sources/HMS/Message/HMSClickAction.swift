/// What a tap on a notification does (v1 and v2).
public struct HMSClickAction: Sendable, Hashable, Codable {
    /// 1 a page of the app, 2 a web page, 3 the app's start page.
    public var type: Int
    /// For type 1, the intent's URI.
    public var intent: String?
    /// For type 1, the name of the activity's action.
    public var action: String?
    /// For type 2; https.
    public var url: String?

    public static let openApp = HMSClickAction(type: 3)
    public static func open(url: String) -> HMSClickAction { HMSClickAction(type: 2, url: url) }
    public static func page(intent: String) -> HMSClickAction { HMSClickAction(type: 1, intent: intent) }
    public static func page(action: String) -> HMSClickAction { HMSClickAction(type: 1, action: action) }

    private init(type: Int, intent: String? = nil, action: String? = nil, url: String? = nil) {
        self.type = type
        self.intent = intent
        self.action = action
        self.url = url
    }
}

/// A button under a notification (v1 and v2).
public struct HMSButton: Sendable, Hashable, Codable {
    public var name: String
    /// 0 the app's start page, 1 a page of the app, 2 a web page, 3 removes the notification, 4 shares.
    public var actionType: Int
    /// For action type 1: 0 ``intent`` is a URI, 1 it is an action's name.
    public var intentType: Int?
    /// For action type 1, see ``intentType``; for 2, the page's URL.
    public var intent: String?
    /// Handed to the app for 0 and 1; what is shared for 4.
    public var data: String?

    public init(name: String, actionType: Int, intentType: Int? = nil, intent: String? = nil, data: String? = nil) {
        self.name = name
        self.actionType = actionType
        self.intentType = intentType
        self.intent = intent
        self.data = data
    }

    private enum CodingKeys: String, CodingKey {
        case name, intent, data
        case actionType = "action_type"
        case intentType = "intent_type"
    }
}

/// The number on the app's icon (v1 and v2).
public struct HMSBadge: Sendable, Hashable, Codable {
    /// 1 to 99, added to what is there.
    public var addNum: Int?
    /// 0 to 99; wins over ``addNum``.
    public var setNum: Int?
    /// The app's launcher activity; Huawei's devices need it to show the number.
    public var activityClass: String?

    public init(addNum: Int? = nil, setNum: Int? = nil, activityClass: String? = nil) {
        self.addNum = addNum
        self.setNum = setNum
        self.activityClass = activityClass
    }

    private enum CodingKeys: String, CodingKey {
        case addNum = "add_num"
        case setNum = "set_num"
        case activityClass = "class"
    }
}

/// The blinking light (v1 and v2).
public struct HMSLightSettings: Sendable, Hashable, Codable {
    public struct Color: Sendable, Hashable, Codable {
        /// Each 0 to 1.
        public var alpha, red, green, blue: Double
        public init(alpha: Double, red: Double, green: Double, blue: Double) {
            self.alpha = alpha
            self.red = red
            self.green = green
            self.blue = blue
        }
    }

    public var color: Color
    /// Seconds with an s: `3.5s`.
    public var lightOnDuration: String
    public var lightOffDuration: String

    public init(color: Color, lightOnDuration: String, lightOffDuration: String) {
        self.color = color
        self.lightOnDuration = lightOnDuration
        self.lightOffDuration = lightOffDuration
    }

    private enum CodingKeys: String, CodingKey {
        case color
        case lightOnDuration = "light_on_duration"
        case lightOffDuration = "light_off_duration"
    }
}
