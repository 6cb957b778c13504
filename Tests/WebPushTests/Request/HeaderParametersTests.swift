import Testing
import WebPush

@Suite struct HeaderParametersTests {
    @Test(arguments: [
        (nil, ""), ("", ""), ("salt=abc", "salt=abc"), ("salt=\"abc==\"", "salt=abc"), ("a = b ; c=d , e=f", "a = b ; c=d , e=f"),
        ("flag;a=b", "flag;a=b"), (",,;;=", ",,;;="), ("dh=a/b+c=", "dh=a_b-c"), ("DH = \"a/b\";rs=10", "DH = a_b;rs=10"),
        ("keyid=\"http://example.org/bob/1?a+b\"; salt=\"XZwp==\"", "keyid=http://example.org/bob/1?a+b; salt=XZwp"),
    ] as [(String?, String)])
    func keysAreMadeFitForUserAgentsAndTheRestStays(_ header: String?, _ normalized: String) {
        #expect(HeaderParameters(header).normalized == normalized)
    }

    @Test func namesAreFoundWhateverTheirCaseAndEntry() {
        let parameters = HeaderParameters("keyid=x;DH=first, dh=second;p256ecdsa=k")
        #expect(parameters["dh"] == "first" && parameters["p256ecdsa"] == "k" && parameters["salt"] == nil)
    }
}
