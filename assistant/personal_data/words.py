"""The words that tell a person's name from a role, a thing or a verb; all folded, by hand."""

from __future__ import annotations

import re

from assistant.personal_data.surface import NAME

# Given names in use in France, old and new, of several origins. Used only beside a cue.
FIRST_NAMES = frozenset(
    """aaron abdallah abdel abdelkader abdou abel abigail achille achraf adama adele adeline adem adil
    adrien adrienne agathe agnes ahmed aicha aida aimee aissa aissatou alain alan alassane alban albane
    albert alberto alex alexandra alexandre alexia alexis alfred ali alice alicia alienor alima aline
    alioune alisson alix alma alphonse amadou amanda amandine amara amaury ambre ambroise amel amelia amelie
    amina aminata amine amir amira amory ana anais anastasia anatole andre andrea andree andrei andreia ange
    angela angele angeline angelique anh anis anissa anita ann anna annabelle anne annette annick annie
    anouk anselme anthony antoine antoinette antonin antonio apolline ariane arielle aristide arlette armand
    armelle arnaud arthur arwa assia astrid aude audrey augustin aurelie aurelien aurore awa axel axelle aya
    ayden aylin ayman ayoub ayse aziz aziza baptiste barbara barnabe basile bastien beatrice beatriz
    benedicte benjamin benoit berenice bernadette bernard berthe bertille bertrand bilal binta bintou blaise
    blanche bogdan boris boubacar bouchra brahim brandon brice brigitte bruno cameron camille candice
    capucine carine carla carlos carmen carole caroline catarina catherine cecile cedric celeste celestin
    celia celine cesar chantal charlene charles charlie charline charlotte cheikh chiara chloe christel
    christelle christian christiane christine christophe claire clara clarisse claude claudette claudia
    claudine clea clemence clement clementine cleo clothilde clotilde clovis colette colin coline constance
    constant constantin coralie corentin corinne cyprien cyriaque cyril cyrille dalila damien daniel daniela
    daniele danielle daphne david deborah delphine denis denise desire diane didier dilan dimitri diogo
    djamel djamila djibril dolores dominique dorian doriane dorothee dragan driss dylan eddy edgar edith
    edmond edouard edwige elena eleonore elia elian eliane elias eliette elif elina eline eliott elisa
    elisabeth elise ella ellen eloane elodie eloise elsa elvire elyes emeline emeric emile emilie emilien
    emma emmanuel emmanuelle emre enora enzo eric erica erika erwan esteban estelle esther ethan etienne
    eugene eugenie eva evan eve evelyne fabien fabienne fabrice fadila faiza fanny fanta farah fares farid
    farida fatiha fatima fatimata fatma fatou fatoumata faustine felicie felix ferdinand fernand fernande
    fernando fiona flavie flora florence florent florian florine fouad france franceline francine francis
    francisco franck francois francoise frank fred frederic frederique gabin gabriel gabriela gabrielle gael
    gaelle gaetan gaspard gaston gautier genevieve geoffrey georges georgette gerald geraldine gerard
    germain germaine ghislain ghislaine gilbert gilberte gilles gina ginette giovanni gisele giulia goran
    grace gregoire gregory guilhem guillaume gustave guy gwenaelle gwendoline habib habiba hadrien hafida
    hajar hakim halima hamid hamza hanae hanna hannah hassan hatice hayat hector helene henri henriette
    herve hicham hind hoang honore honorine horace houda hubert hugo hugues huguette ibrahim ibrahima
    ibtissam ibtissem idriss ignace igor ilan ilana ilhan ilona ilyas ilyes imad imane imen imran inaya ines
    ingrid ioana irene irina iris isaac isabelle isaiah ismael ismail issa ivan ivana jacinthe jack jackie
    jacqueline jacques jade jalil jamal jamel jamila jana jane janine jasmine jason jawad jean jeanne
    jeannette jeannine jelena jenna jennifer jeremie jeremy jerome jessica jessie jimmy joachim joan joana
    joanna joao jocelyn jocelyne joel joelle joffrey johan johanna john johnny jonas jonathan jordan jorge
    jose josee joseph josephine josette joshua josiane josselin josue joyce juan judith jules julia julian
    juliane julie julien julienne juliette julio juste justin justine kader kadiatou kais kamel kamelia
    kamil karen karim karima karine karl kassim katarzyna katia kaya kelly kenza kevin khadidja khadija
    khaled khalid kheira killian kim kylian laetitia laila lakshmi lamia lara larbi laura laure laureen
    laurence laurent laurie laurine lea leana leandre leandro leila lena leo leon leonard leonie leonor
    leonore leopold liam lilas lili lilia lilian liliane lilou lily lina linda line linh lionel lisa lise
    lison livia loan loic lola lorenzo lorraine lou louane loubna louis louisa louise louison lounes luc
    luca lucas lucette lucie lucien lucienne lucile ludivine ludovic luigi luis luka luna lya lyam lyana
    lydia lydie lylou lyna madeleine madina mae maeline maelle maelys maeva magali magalie mahamadou mahaut
    mahmoud maissa malek malik malika malo mamadou manon manuel manuela marc marceau marcel marcelle marco
    marguerite maria mariam mariama mariame marianne marie mariette marilyne marin marina marine mario
    marion marius marjolaine marjorie marlene marlon marta marthe martial martin martine maryam maryline
    maryse maryvonne mateo mathias mathieu mathilda mathilde mathis mathys matteo matthias matthieu maud
    maurice mauricette max maxence maxim maxime maximilien maya mayssa medhi mehdi mehmet melanie melina
    meline melissa melodie melvin mercedes meriem meryem messaoud mia michael michel michele micheline
    michelle miguel mihai mila milan milena milica milo minh mireille miriam modeste mohamed mohammed moise
    mona monica monique morgan morgane mouhamed mouna mounir moussa murat muriel mustafa mustapha mykola
    mylene myriam nabil nabila nacer nacera nadege nadia nadine nadir nael nahel nahla naima nais nancy
    naomi naoual nasser nassim natacha natalia natalya nathalie nathan nathanael nawel nelly nelson nesrine
    nicolas nicole nina nino noa noah noam noe noel noelie noelle noemie nolan nolwenn nora norah norbert
    nour noura noureddine nuno oceane octave octavie odette odile oksana olena olga oliver olivia olivier
    olympe omar ophelie orane oriane oscar othman otilia oumar oumou oumy ousmane pablo paloma paola paolo
    pascal pascale patrice patricia patrick paul paula paule paulette paulin pauline paulo pedro penelope
    perrine philippe philomene pierre pierrette pierrick pierrot pietro prisca priscilla priya prosper prune
    quentin rabia rachel rachid rachida rafael rahma raissa raj ralph ramzi ranya raoul raphael raphaelle
    raquel ravi rayan rayane raymond raymonde rebecca regine regis reine rejane remi remy renaud rene renee
    ricardo richard rita robert robin rodolphe rodrigue roger roland rolande romain romane romaric romeo
    romuald romy ronan rosa rosalie rose roselyne rosemarie rosine roxane roxanne ruben rui ruth saad saba
    sabah sabine sabrina sacha safia said saida salah salif saliha salim salima salma salome samantha sami
    samia samir samira samuel samy sanaa sandra sandrine sanjay santiago sara sarah sasha saul savannah
    sebastien segolene selim selma serge sergei sergio severine seydou shaima shana shirley sidonie siham
    simeon simon simone sixtine slimane sofia sofiane sohan solange solene soline sonia sophia sophie soraya
    soren souad soufiane soukaina souleymane stanislas stella stephane stephanie steve steven sullivan
    suzanne suzie suzy sven swann sylvain sylvaine sylvestre sylvette sylviane sylvie tahar talia tania
    tarik tatiana teddy teo teresa tess tessa thaddee thais thelma theo theodore theophile theotime theresa
    therese thibaud thibault thibaut thierry thomas tiago tidiane timeo timothe timothee tino tiphaine
    titouan tom toni tony toufik tristan ugo ulysse urbain ursule vadim valentin valentine valerie valery
    vanessa vanina vera veronique vianney victoire victor victoria victorine vincent violaine violette
    virgile virginie vivian viviane vivien vladimir wael wafa walid wassim wei wendy wilfried william willy
    xavier yacine yael yamina yan yanis yann yannick yannis yasin yasmina yasmine yassin yassine ylan yoan
    yoann yohan yolande youcef younes youness yousra youssef yvan yves yvette yvon yvonne yvonnick zacharia
    zacharie zahra zainab zakaria zakia zara zeineb zeki zelie zeynep zia ziad zina zineb zoe zohra zora
    zoubida zoubir""".split()
)

# Also ordinary words, or a country: on their own they name nobody.
WORDS_TOO = frozenset(
    """ambre ange anis aurore blanche capucine celeste claire clemence constance constant desire eve
    florence france grace honore jade juste lilas line lorraine marguerite marin marine martial max melodie
    mercedes modeste noel olive parfait pascale prune reine rose urbain victoire violette""".split()
)

# Assistants and models that bear a given name.
MACHINES = frozenset("albert alexa claude lucie mistral copilot gemini siri cortana".split())

# Words, in any case, that a name never is: titles, roles, services, and what follows a title in a sentence.
NEVER_NAMES = frozenset(
    """monsieur madame mademoiselle messieurs mesdames m mm mme mmes mlle mlles mr mrs dr pr me maire
    mairesse maires adjoint adjointe president presidente vice vice-president vice-presidente directeur
    directrice direction dgs dga dsi dpo drh rssi prefet prefete sous-prefet sous-prefete ministre depute
    deputee senateur senatrice conseiller conseillere secretaire chef cheffe responsable agent agente agents
    elu elue referent referente delegue deleguee juge procureur procureure commissaire cure docteur
    doctorant professeur professeure principal principale proviseur proviseure maitre avocat avocate notaire
    huissier infirmier infirmiere gardien gardienne concierge facteur policier gendarme voisin voisine
    usager usagere collegue habitant habitante administre administree citoyen citoyenne stagiaire etudiant
    etudiante technicien technicienne ingenieur redacteur redactrice chargee charge gestionnaire assistant
    assistante instructeur instructrice comptable animateur animatrice educateur educatrice formateur
    formatrice ouvrage oeuvre nageur chien hotel conference these ia ai chatgpt gpt copilot gemini mistral
    llama chatbot robot outil logiciel modele application mairie metropole metropolitain metropolitaine
    commune communal communale ville service services centre conseil departement departemental
    departementale region regional prefecture social sociale accueil standard ecole college lycee creche
    hopital clinique bibliotheque mediatheque piscine gymnase stade salle cantine bureau pole agence
    association societe entreprise cabinet office tribunal cour police pompiers samu ressources humaines
    juridique technique urbanisme voirie proprete culture sport sports sante syndicat caisse caf cpam
    france-travail pmi ccas mdph dossier dossiers demande courrier lettre mail message mails adresse
    adresses nom noms prenom prenoms tel telephone telephones portable mobile fax email e-mail courriel
    contact contacts numero numeros ddn date naissance nir iban rib plaque immatriculation siret siren objet
    sujet ref reference facture ticket note fiche merci bonjour bonsoir salut cordialement urgent urgence
    suite svp stp rdv rendez-vous rappel reunion projet saint sainte rue avenue boulevard place chemin
    impasse allee quai route cours square janvier fevrier mars avril mai juin juillet aout septembre octobre
    novembre decembre lundi mardi mercredi jeudi vendredi samedi dimanche tout tout-le-monde tous toute
    toutes untel unetelle machin propre irma meteo loyal muscle concernant voici voila appeler appelez
    appelle rappeler rappelez contacter contactez joindre prevenir repondre ecrire envoyer monde personne
    personnes gens quelqu untels x y z xx yy zz xxx le la les l un une des du de d et ou au aux en a il elle
    on qui que quoi dont ne n pas se s ce cet cette ces je j tu nous vous ils elles mon ma mes ton ta tes
    son sa ses notre nos votre vos leur leurs moi toi lui eux si mais donc or ni car comme par pour sur sous
    avec sans dans chez vers entre depuis est sont etait as ont avait sera serait suis es sommes etes
    travail connect relance numerique""".split()
)

# Words in small letters that follow a title or a name: « madame habite », « m. dupont demande ».
NEVER_SMALL_NAMES = frozenset(
    """absent absente absents accepte accuse achete actuellement adore affirme age agee ages agressif
    agressive aide aille aime aimerait ait ajoute alerte allocataire annonce annule anonyme appelle apporte
    apprend apres arrive attend attends aujourd'hui aussi aussitot avait avance avant avertit ayant
    beneficiaire beneficie bien bloque bloquee boit car cherche chez choisit clique clos close combien
    comment complet complete comprend conduit confidentiel confidentielle confirme conseille considere
    contacte content contente conteste coupe craint croit cumule decede decedee decide declare deja demain
    demandait demande demandent demenage demeurant depose depuis dernier derniere desire devait devant devra
    devrait dise disponible dispose dit divorce divorcee doit domicilie domiciliee donc donne dort ecrit
    elargie enceinte encore ensuite envoie envoye errone est estime exige existe explique exprime facultatif
    faisait fait fasse fatigue fera filme fixe furieuse furieux gagne gare gentil gentille gere habitait
    habitant habite handicape hier ici illisible incomplet inconnu inconnue informe injoignable inquiet
    inquiete insiste insulte interroge invite irait jamais jeune joignable joint laisse lit locataire loge
    lorsque loue ma maintient malade mange marche mariee masque mecontent mecontente medical menace mene
    mentionne met mon mort morte ne nee ni nie non note obligatoire obtient occupe ou oublie ouvert ouverte
    paie parce parceque parle part participe passe paye pense perd perdu perdue peut peux plaint plus poli
    polie porte possede pourquoi pourra pourrait prefere prend present presente presse prevoit produit
    propose proprietaire propriete prouve publie puis puisque puisse quand quel quelle quitte quoi raconte
    rappelle reclame recoit recoive reconnait recupere refuse regarde rejette remercie remplit rencontre
    rend renvoie repond represente reside resident resilie reste retourne retraite revient risque sa sait
    sans semble sera sert seul seule signale signe social sociale soit sollicite son sont sort souffre
    souhaitait souhaite sourd sourde soutient suit surtout tente tient titulaire tombe touche toujours
    transmet travaille tres trop trouve urgent urgente utilise va vend venu venue vers veuf veulent veut
    veuve vide vieille vienne vient vieux vit vivait voit vole voudrait voulait""".split()
)

# Things that bear a name: what follows « s’appelle » is then not a person's.
THINGS = frozenset(
    """outil outils logiciel logiciels ia intelligence assistant assistants modele modeles projet
    application appli app fichier fichiers service commune societe entreprise association robot chatbot
    programme plateforme document dossier rue place ecole college lycee charte groupe reseau site page
    onglet bouton fonction version base formulaire machine agent-conversationnel produit solution
    fournisseur editeur startup ville metropole quartier rapport colonne champ variable table etablissement
    eglise chapelle cimetiere fete fetes culte enseignement calendrier ceremonie systeme hopital centre
    syndicat loi regle regles idee demarche dispositif bus tram metro creche salle budget marche carte
    mosquee temple""".split()
)

# Whoever a given name may follow: « ma collègue Sophie », « l’élève Kevin ».
PEOPLE = frozenset(
    """collegue agent agente chef cheffe responsable administre administree usager usagere habitant
    habitante eleve enfant enfants fils fille frere soeur mari femme homme epoux epouse conjoint conjointe
    compagne compagnon voisin voisine patient patiente resident residente candidat candidate locataire
    proprietaire stagiaire apprenti apprentie assistante beneficiaire allocataire requerant requerante
    plaignant plaignante petit petite pere mere papa maman bebe garcon jeune citoyen citoyenne parent ami
    amie gardien gardienne monsieur madame dame mademoiselle employe employee salarie salariee tuteur
    tutrice directeur directrice etudiant etudiante technicien technicienne animateur animatrice educateur
    educatrice avocate titulaire demandeur demandeuse contribuable riverain riveraine ado adolescent
    adolescente personne famille secretaire infirmiere infirmier instituteur institutrice enseignant
    enseignante maire president presidente conseiller conseillere adjoint adjointe depute deputee prefet
    prefete ministre docteur professeur senateur senatrice vice-president vice-presidente mme mlle
    mr""".split()
)

PARTICLES = frozenset(
    "de du des le la da das do dos di del della van von den der el al ben bel ibn ait abd".split()
)
# These also begin an ordinary group (« madame la directrice »): in small letters they make no name…
ARTICLES = frozenset("le la du des".split())
# …but before these Breton names.
AFTER_LE = frozenset("gall goff roux guen bihan bras corre floch meur berre bail bris duc".split())


def about_a_thing(context: str, *, pronouns: bool = True) -> bool:
    """Tell whether the last noun of a context in small letters is a thing (« l’outil s’appelle… »).

    A hidden name is a person, and so is « il » or « elle » unless ``pronouns`` is false.
    """
    for word in reversed(re.findall(r"[a-z]+", context.rpartition(NAME)[2])):
        if word in THINGS:
            return True
        if word in PEOPLE or (pronouns and word in ("il", "elle")):
            return False
    return False
