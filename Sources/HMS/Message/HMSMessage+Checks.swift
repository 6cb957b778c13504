extension HMSMessage {
    /// Everything that Huawei is known to refuse with 80100001, 80100003, 80100004 and 80100013.
    /// - Throws: `invalidField` naming the member.
    public func check() throws(HMSError) {
        try HMS.check(
            data != nil || notification != nil || android != nil || apns != nil || webpush != nil, "message",
            "there is nothing in it: give data or a notification")
        try android?.check()
        if let type = apns?.hmsOptions?.targetUserType {
            try HMS.check((1...3).contains(type), "apns.hms_options.target_user_type", "it is 1 (test), 2 (production) or 3 (VoIP)")
        }
    }
}

extension HMSAndroid {
    fileprivate func check() throws(HMSError) {
        if let collapseKey {
            try HMS.check((-1...100).contains(collapseKey), "android.collapse_key", "it is -1 to 100, not \(collapseKey)")
        }
        if let urgency {
            try HMS.check(["HIGH", "NORMAL"].contains(urgency), "android.urgency", "it is HIGH or NORMAL")
        }
        if let ttl {
            let seconds = Self.seconds(of: ttl)
            try HMS.check(
                seconds.map((0...HMSLimits.ttlSeconds).contains) ?? false, "android.ttl",
                "write seconds with an s, at most \(HMSLimits.ttlSeconds)s, which is 15 days")
        }
        if let fastAppTarget {
            try HMS.check((1...2).contains(fastAppTarget), "android.fast_app_target", "it is 1 (development) or 2 (production)")
        }
        if let targetUserType {
            try HMS.check((0...1).contains(targetUserType), "android.target_user_type", "it is 0 (normal) or 1 (test)")
        }
        try notification?.check()
    }
}

extension HMSAndroidNotification {
    fileprivate func check() throws(HMSError) {
        try clickAction.check("android.notification.click_action")
        if let style {
            try HMS.check([0, 1, 3].contains(style), "android.notification.style", "it is 0 (default), 1 (big text) or 3 (inbox)")
        }
        try count(inboxContent, 5, "inbox_content")
        try count(vibrateConfig, 10, "vibrate_config")
        try count(buttons, 3, "buttons")
        if let importance {
            try HMS.check(["LOW", "NORMAL"].contains(importance), "android.notification.importance", "it is LOW or NORMAL")
        }
        try HMS.check((profileID ?? "").count <= 64, "android.notification.profile_id", "it has at most 64 characters")
        try badge?.check()
        for (index, button) in (buttons ?? []).enumerated() {
            try HMS.check((0...4).contains(button.actionType), "android.notification.buttons[\(index)].action_type", "it is 0 to 4")
        }
    }

    private func count(_ list: [some Any]?, _ limit: Int, _ field: String) throws(HMSError) {
        try HMS.check((list ?? []).count <= limit, "android.notification.\(field)", "there may be \(limit) at most")
    }
}

extension HMSBadge {
    fileprivate func check() throws(HMSError) {
        if let addNum { try HMS.check((1...99).contains(addNum), "android.notification.badge.add_num", "it is 1 to 99") }
        if let setNum { try HMS.check((0...99).contains(setNum), "android.notification.badge.set_num", "it is 0 to 99") }
    }
}

extension HMSClickAction {
    fileprivate func check(_ field: String) throws(HMSError) {
        switch type {
        case 1: try HMS.check(intent != nil || action != nil, field, "type 1 needs an intent or an action")
        case 2: try HMS.check(url != nil, "\(field).url", "type 2 needs the URL of a web page")
        case 3: break
        default: throw HMSError(.invalidField, field: "\(field).type", "it is 1 (a page of the app), 2 (a web page) or 3 (the app)")
        }
    }
}
