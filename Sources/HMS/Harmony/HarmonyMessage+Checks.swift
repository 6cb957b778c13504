extension HarmonyMessage {
    /// - Throws: `invalidField` naming the member.
    public func check() throws(HMSError) {
        try payload.notification?.check()
        try HMS.check(pushType != .alert || payload.notification != nil, "payload.notification", "an alert needs one")
        try pushOptions.check(pushType)
    }
}

extension HarmonyNotification {
    fileprivate func check() throws(HMSError) {
        let shows = title != nil || body != nil
        try HMS.check(shows || badge != nil, "payload.notification", "give a title and a body, or a badge")
        try HMS.check(!shows || (title != nil && body != nil), "payload.notification", "title and body belong together")
        if shows {
            try HMS.check(
                clickAction != nil, "payload.notification.clickAction", "a notification needs one: {\"actionType\":0} opens the app")
        }
        if let clickAction {
            try HMS.check(
                (0...1).contains(clickAction.actionType), "payload.notification.clickAction.actionType", "it is 0 (the app) or 1 (a page)")
            try HMS.check(
                clickAction.actionType == 0 || clickAction.action != nil || clickAction.uri != nil, "payload.notification.clickAction",
                "type 1 needs an action or a uri")
        }
        if let number = badge?.addNum { try HMS.check((1...99).contains(number), "payload.notification.badge.addNum", "it is 1 to 99") }
        if let number = badge?.setNum { try HMS.check((0...99).contains(number), "payload.notification.badge.setNum", "it is 0 to 99") }
        try HMS.check((0...60).contains(soundDuration ?? 0), "payload.notification.soundDuration", "it is at most 60 seconds")
    }
}

extension HarmonyPushOptions {
    fileprivate func check(_ pushType: HarmonyPushType) throws(HMSError) {
        try HMS.check(
            (0...HMSLimits.ttlSeconds).contains(ttl ?? 0), "pushOptions.ttl",
            "it is at most \(HMSLimits.ttlSeconds) seconds, which is 15 days")
        try HMS.check((-1...100).contains(collapseKey ?? -1), "pushOptions.collapseKey", "it is -1 to 100")
        try HMS.check(
            collapseKey == nil || pushType == .alert || pushType == .extension, "pushOptions.collapseKey",
            "only alerts (push-type 0) and extensions (2) can be collapsed")
    }
}

extension HarmonyPushOptions {
    /// As it goes out.
    public var json: String { String(decoding: encodedJSON(self), as: UTF8.self) }
}
