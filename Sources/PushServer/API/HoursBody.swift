import PushSender

/// A span of every day: `{"from": "22:00", "until": "07:00"}`.
struct HoursBody: RequestBody, Encodable {
    let from: String
    let until: String

    static let shape = BodyShape.fields("from", "until")

    init(from: String, until: String) {
        self.from = from
        self.until = until
    }

    init(_ hours: DailyHours) {
        from = "\(hours.from)"
        until = "\(hours.until)"
    }

    func checked(_ field: String) throws -> DailyHours {
        do {
            return try DailyHours(from: from, until: until)
        } catch {
            throw Problem.invalid("\(field).\(error.field)", error.message)
        }
    }
}
