// The journey with the AWS SDK for JavaScript: what came of it as JSON, for the test to check.
import {
  ACMPCAClient, CreateCertificateAuthorityCommand, GetCertificateAuthorityCsrCommand,
  GetCertificateCommand, ImportCertificateAuthorityCertificateCommand, IssueCertificateCommand,
  RevokeCertificateCommand, DescribeCertificateAuthorityCommand, InvalidArnException,
  paginateListCertificateAuthorities, waitUntilCertificateAuthorityCSRCreated,
  waitUntilCertificateIssued,
} from "@aws-sdk/client-acm-pca";

// This SDK is older than the setting AWS_ENDPOINT_URL_ACM_PCA.
const client = new ACMPCAClient({ endpoint: process.env.AWS_ENDPOINT_URL_ACM_PCA });
const send = command => client.send(command);
const text = bytes => Buffer.from(bytes);

async function create(type, name) {
  const made = await send(new CreateCertificateAuthorityCommand({
    CertificateAuthorityType: type,
    CertificateAuthorityConfiguration: {
      KeyAlgorithm: "EC_prime256v1", SigningAlgorithm: "SHA256WITHECDSA",
      Subject: { CommonName: name },
    },
  }));
  const arn = made.CertificateAuthorityArn;
  await waitUntilCertificateAuthorityCSRCreated(
    { client, maxWaitTime: 10, minDelay: 1 }, { CertificateAuthorityArn: arn });
  return arn;
}

async function issue(issuer, csr, template, validity, more = {}) {
  const { CertificateArn } = await send(new IssueCertificateCommand({
    CertificateAuthorityArn: issuer, Csr: text(csr), SigningAlgorithm: "SHA256WITHECDSA",
    TemplateArn: `arn:aws:acm-pca:::template/${template}/V1`,
    Validity: { Type: "DAYS", Value: validity }, ...more,
  }));
  const request = { CertificateAuthorityArn: issuer, CertificateArn };
  await waitUntilCertificateIssued({ client, maxWaitTime: 10, minDelay: 1 }, request);
  return { CertificateArn, ...await send(new GetCertificateCommand(request)) };
}

async function install(arn, issuer, template, validity) {
  const { Csr } = await send(new GetCertificateAuthorityCsrCommand({ CertificateAuthorityArn: arn }));
  const issued = await issue(issuer, Csr, template, validity);
  await send(new ImportCertificateAuthorityCertificateCommand({
    CertificateAuthorityArn: arn, Certificate: text(issued.Certificate),
    ...(issued.CertificateChain ? { CertificateChain: text(issued.CertificateChain) } : {}),
  }));
}

const root = await create("ROOT", "Root");
await install(root, root, "RootCACertificate", 3650);
const subordinate = await create("SUBORDINATE", "Issuing");
await install(subordinate, root, "SubordinateCACertificate_PathLen0", 365);
const leaf = await issue(
  subordinate, process.env.CSR, "BlankEndEntityCertificate_APIPassthrough", 30,
  { ApiPassthrough: { Subject: { CommonName: "from javascript" } } });
await send(new RevokeCertificateCommand({
  CertificateAuthorityArn: subordinate, CertificateSerial: leaf.CertificateArn.split("/").pop(),
  RevocationReason: "KEY_COMPROMISE",
}));
const listed = [];
for await (const page of paginateListCertificateAuthorities({ client, pageSize: 1 }, {}))
  listed.push(page.CertificateAuthorities.map(ca => ca.Arn));
const described = await send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: root }));
let error;
try {
  await send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: process.env.OTHER_ARN }));
} catch (raised) {
  error = { typed: raised instanceof InvalidArnException, name: raised.name, message: raised.message };
}
console.log(JSON.stringify({
  root, subordinate, listed, error, certificate: leaf.Certificate, chain: leaf.CertificateChain,
  created: described.CertificateAuthority.CreatedAt.toISOString(),
  attempts: described.$metadata.attempts,
}));
