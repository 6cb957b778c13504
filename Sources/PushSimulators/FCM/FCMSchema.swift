/// The shape of FCM's messages (Firebase: projects.messages): what a member is called and what it may hold. Google refuses anything else.
indirect enum FCMSchema: Sendable {
    case text
    case bool
    case integer
    case number
    /// `"3.5s"`
    case duration
    /// One of these words.
    case word([String])
    case texts
    case durations
    /// Any names, text values.
    case textMap
    /// google.protobuf.Struct: any object.
    case anyObject
    /// Names in snake_case; lowerCamelCase is taken as well.
    case message([String: FCMSchema])

    static let request = FCMSchema.message(["validate_only": .bool, "message": message])

    static let message = FCMSchema.message([
        "name": .text, "fid": .text, "token": .text, "topic": .text, "condition": .text, "data": .textMap,
        "notification": .message(["title": .text, "body": .text, "image": .text]), "android": android, "webpush": webpush, "apns": apns,
        "fcm_options": label,
    ])

    private static let label = FCMSchema.message(["analytics_label": .text])

    private static let android = FCMSchema.message([
        "collapse_key": .text, "priority": .word(["NORMAL", "HIGH"]), "ttl": .duration, "restricted_package_name": .text, "data": .textMap,
        "notification": androidNotification, "fcm_options": label, "direct_boot_ok": .bool, "bandwidth_constrained_ok": .bool,
        "restricted_satellite_ok": .bool,
    ])

    private static let androidNotification = FCMSchema.message([
        "title": .text, "body": .text, "icon": .text, "color": .text, "sound": .text, "tag": .text, "click_action": .text,
        "body_loc_key": .text, "body_loc_args": .texts, "title_loc_key": .text, "title_loc_args": .texts, "channel_id": .text,
        "ticker": .text,
        "sticky": .bool, "event_time": .text, "local_only": .bool,
        "notification_priority": .word(["UNSPECIFIED", "MIN", "LOW", "DEFAULT", "HIGH", "MAX"].map { "PRIORITY_" + $0 }),
        "default_sound": .bool, "default_vibrate_timings": .bool, "default_light_settings": .bool, "vibrate_timings": .durations,
        "visibility": .word(["VISIBILITY_UNSPECIFIED", "PRIVATE", "PUBLIC", "SECRET"]), "notification_count": .integer,
        "light_settings": .message([
            "color": .message(["red": .number, "green": .number, "blue": .number, "alpha": .number]),
            "light_on_duration": .duration, "light_off_duration": .duration,
        ]),
        "image": .text, "proxy": .word(["PROXY_UNSPECIFIED", "ALLOW", "DENY", "IF_PRIORITY_LOWERED"]), "bypass_proxy_notification": .bool,
    ])

    private static let webpush = FCMSchema.message([
        "headers": .textMap, "data": .textMap, "notification": .anyObject,
        "fcm_options": .message(["link": .text, "analytics_label": .text]),
    ])

    private static let apns = FCMSchema.message([
        "headers": .textMap, "payload": .anyObject, "fcm_options": .message(["analytics_label": .text, "image": .text]),
        "live_activity_token": .text,
    ])
}
