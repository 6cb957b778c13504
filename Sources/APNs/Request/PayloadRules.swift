/// - Throws: `invalidPayload`, naming the member.
func checkPayload(_ pushType: APNsPushType, _ payload: JSONShape) throws(APNsError) {
    let aps = payload["aps"] ?? .object([:])
    try check(aps.isObject, .invalidPayload, "aps", "it is an object")
    if aps["mutable-content"]?.isOne == true {
        try check(
            aps["alert"] != nil, .invalidPayload, "aps.mutable-content",
            "without an alert the app's service extension isn't started; add an alert or leave mutable-content out")
    }
    switch pushType {
    case .background: try checkBackground(aps)
    case .liveactivity: try checkLiveActivity(aps)
    case .fileprovider: try checkText(payload, "container-identifier")
    case .mdm: try checkText(payload, "mdm")
    default: break
    }
}

/// APNs answers 200 to a mismatch and drops the push.
private func checkBackground(_ aps: JSONShape) throws(APNsError) {
    try check(
        aps["content-available"]?.isOne == true, .invalidPayload, "aps.content-available", "a background push has the number 1 here")
    for visible in ["alert", "badge", "sound"] {
        try check(
            aps[visible] == nil, .invalidPayload, "aps.\(visible)",
            "a background push shows nothing; leave it out or send a push of type alert")
    }
}

private func checkLiveActivity(_ aps: JSONShape) throws(APNsError) {
    try check(
        aps["timestamp"]?.isNumber == true, .invalidPayload, "aps.timestamp", "a Live Activity needs Unix seconds here, as a number")
    let event = aps["event"]?.text
    try check(["start", "update", "end"].contains(event), .invalidPayload, "aps.event", "it is start, update or end")
    guard event == "start" else { return }
    for needed in ["attributes-type", "attributes", "content-state", "alert"] {
        try check(aps[needed] != nil, .invalidPayload, "aps.\(needed)", "a Live Activity doesn't start without it")
    }
}

private func checkText(_ payload: JSONShape, _ name: String) throws(APNsError) {
    try check(payload[name]?.text?.isEmpty == false, .invalidPayload, name, "a push of this type needs a text here")
}

extension APNsPushType {
    /// The type that a payload shows by itself; ``alert`` when nothing speaks against it.
    /// - Parameter payload: JSON. PushKit's types (`voip`, `complication`, …) can't be told from their payload.
    public init(guessedFrom payload: [UInt8]) {
        let shape = JSONShape(payload)
        let aps = shape?["aps"]
        if shape?["mdm"]?.text != nil, aps == nil {
            self = .mdm
        } else if shape?["container-identifier"]?.text != nil, aps == nil {
            self = .fileprovider
        } else if aps?["event"] != nil, aps?["timestamp"] != nil {
            self = .liveactivity
        } else if aps?["content-changed"] != nil {
            self = .widgets
        } else if aps?["content-available"] != nil, ["alert", "badge", "sound"].allSatisfy({ aps?[$0] == nil }) {
            self = .background
        } else {
            self = .alert
        }
    }
}
