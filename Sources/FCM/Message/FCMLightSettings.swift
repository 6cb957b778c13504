/// `LightSettings`: how the device's light blinks.
public struct FCMLightSettings: Sendable, Hashable, Codable {
    /// Each from 0 to 1.
    public struct Color: Sendable, Hashable, Codable {
        public var red: Double
        public var green: Double
        public var blue: Double
        public var alpha: Double

        public init(red: Double, green: Double, blue: Double, alpha: Double = 1) {
            self.red = red
            self.green = green
            self.blue = blue
            self.alpha = alpha
        }
    }

    public var color: Color
    public var lightOnDuration: FCMDuration
    public var lightOffDuration: FCMDuration

    public init(color: Color, lightOnDuration: FCMDuration, lightOffDuration: FCMDuration) {
        self.color = color
        self.lightOnDuration = lightOnDuration
        self.lightOffDuration = lightOffDuration
    }

    func check(_ field: String) throws(FCMError) {
        let isColor = [color.red, color.green, color.blue, color.alpha].allSatisfy { (0...1).contains($0) }
        try FCM.check(isColor, "\(field).color", "each part is from 0 to 1")
        try FCM.check(lightOnDuration.isSpan, "\(field).light_on_duration", "give 0 s or more")
        try FCM.check(lightOffDuration.isSpan, "\(field).light_off_duration", "give 0 s or more")
    }
}
