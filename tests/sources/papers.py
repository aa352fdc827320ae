"""Made-up papers in each form."""

from __future__ import annotations

# ruff: noqa: E501

PUBMED = """<PubmedArticle>
  <MedlineCitation Status="MEDLINE" Owner="NLM">
    <PMID Version="{version}">{pmid}</PMID>
    <DateRevised><Year>2021</Year><Month>03</Month><Day>04</Day></DateRevised>
    <Article PubModel="Print">
      <Journal><JournalIssue CitedMedium="Print"><PubDate>{date}</PubDate></JournalIssue>
        <Title>Annals of Hiccups</Title></Journal>
      <ArticleTitle>{title}</ArticleTitle>
      <ELocationID EIdType="doi" ValidYN="Y">10.1000/hic.1</ELocationID>
      {abstract}
      <AuthorList CompleteYN="Y"><Author><LastName>Nobody</LastName></Author></AuthorList>
      <Language>{language}</Language>
      <DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>
        <AccessionNumber>NCT00000001</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
      <PublicationTypeList>{types}</PublicationTypeList>
    </Article>
    {corrections}
    <MeshHeadingList>
      <MeshHeading><DescriptorName UI="D006606" MajorTopicYN="N">Hiccup</DescriptorName>
        <QualifierName UI="Q000188" MajorTopicYN="Y">drug therapy</QualifierName></MeshHeading>
      <MeshHeading><DescriptorName UI="D006801" MajorTopicYN="N">Humans</DescriptorName></MeshHeading>
    </MeshHeadingList>
  </MedlineCitation>
  <PubmedData>
    <ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId><ArticleId IdType="pmc">PMC77</ArticleId></ArticleIdList>
    <ReferenceList><Reference><ArticleIdList><ArticleId IdType="pmc">PMC999</ArticleId></ArticleIdList></Reference>
    </ReferenceList>
  </PubmedData>
</PubmedArticle>"""

ABSTRACT = (
    '<Abstract><AbstractText Label="METHODS">Forty adults took it with CO<sub>2</sub> at 10<sup>9</sup> units.'
    '</AbstractText><AbstractText Label="RESULTS">Hiccups were <i>fewer</i>\n      than with placebo.</AbstractText>'
    "</Abstract>"
)


def pubmed(
    *,
    pmid: str = "123",
    version: str = "1",
    date: str = "<Year>2019</Year><Month>Apr</Month><Day>2</Day>",
    title: str = "Bloxitol for hiccups.",
    abstract: str = ABSTRACT,
    language: str = "eng",
    types: tuple[str, ...] = ("Journal Article",),
    corrections: str = "",
) -> str:
    """One PubMed record."""
    made = "".join(f'<PublicationType UI="">{name}</PublicationType>' for name in types)
    if corrections:
        corrections = f"<CommentsCorrectionsList>{corrections}</CommentsCorrectionsList>"
    return PUBMED.format(
        pmid=pmid, version=version, date=date, title=title, abstract=abstract, language=language,
        types=made, corrections=corrections,
    )  # fmt: skip


def article_set(*records: str) -> str:
    """A file of records as E-utilities give it."""
    head = '<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "http://x.invalid/a.dtd">'
    return f"{head}\n<PubmedArticleSet>\n{chr(10).join(records)}\n</PubmedArticleSet>"


def refers(kind: str, pmid: str = "9") -> str:
    """What a record says about another."""
    return f'<CommentsCorrections RefType="{kind}"><RefSource>x</RefSource><PMID Version="1">{pmid}</PMID></CommentsCorrections>'


JATS = """<!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "JATS.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article" xml:lang="en"><front>
<journal-meta><journal-title-group><journal-title>Hiccup Care</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="pmid">456</article-id><article-id pub-id-type="pmc">88</article-id>
<title-group><article-title>Bloxitol in <italic>hiccups</italic></article-title></title-group>
<pub-date pub-type="epub"><day>3</day><month>2</month><year>2018</year></pub-date>
<abstract><sec><title>Results:</title><p>Hiccups stopped<xref>1</xref> at once.</p></sec></abstract>
</article-meta></front>
<body><p>Opening words.</p><sec><title>Methods</title><p>Ten adults.</p><sec><title>Dose</title><p>5 mg.</p></sec></sec></body>
</article>"""
