import JWS
import Testing

@Suite struct CompactJWSTests {
    /// RFC 7515 Appendix A.1, whose header and payload have line breaks in them.
    @Test func theExampleOfRFC7515ComesOut() throws {
        let header = "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}"
        let payload = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"
        let signature = try #require(Base64URL.decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
        var signed = ""
        let token = CompactJWS.token(header: header, payload: payload) { input in
            signed = String(decoding: input, as: UTF8.self)
            return signature
        }
        #expect(
            token == "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(token.hasPrefix(signed + "."), "what is signed is what is sent")
    }
}
